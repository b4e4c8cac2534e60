# The real program in a pseudo-terminal, and its completions in the real shells; a shell that is not installed is named and passed over.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME terminal_screens COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/terminal/screens.py $<TARGET_FILE:photopsy>
    $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR})
  add_test(NAME terminal_completions COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/terminal/completions.py $<TARGET_FILE:photopsy>)
  add_test(NAME owners_page COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/terminal/owners_page.py $<TARGET_FILE:photopsy>
    $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR})
  add_test(NAME json_schemas COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/schemas.py $<TARGET_FILE:photopsy> $<TARGET_FILE:photopsy-make-sample>
    ${CMAKE_SOURCE_DIR})
  set_tests_properties(terminal_screens terminal_completions owners_page json_schemas PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endif()
