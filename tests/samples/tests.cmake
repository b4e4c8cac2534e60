# The team's labelled dumps, where they lie beside the checkout.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME labelled_dumps COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/labelled_dumps.py $<TARGET_FILE:photopsy> ${CMAKE_SOURCE_DIR})
  set_tests_properties(labelled_dumps PROPERTIES SKIP_RETURN_CODE 4 TIMEOUT 1200)
endif()
