# The programs of tools/build-static beside the one of this build, where they were built; else skipped with a message.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME delivery_same_bytes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/same_bytes.py $<TARGET_FILE:photopsy>
    $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR})
  add_test(NAME delivery_windows_files COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/windows_files.py ${CMAKE_SOURCE_DIR})
  add_test(NAME delivery_empty_root COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/empty_root.py ${CMAKE_SOURCE_DIR})
  add_test(NAME delivery_hardened COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/../house/hardening.py ${CMAKE_SOURCE_DIR}/build/static/src/photopsy)
  set_tests_properties(delivery_hardened delivery_same_bytes delivery_windows_files delivery_empty_root PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 4000)
endif()
