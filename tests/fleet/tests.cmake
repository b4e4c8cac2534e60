# Through real engines of many machines, where they are installed; else skipped with a message.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(engine parallel dask killed)
    add_test(NAME triage_${engine} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/machines.py ${engine} $<TARGET_FILE:photopsy>
      $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR})
    set_tests_properties(triage_${engine} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1200)
  endforeach()
  # 10,000 rows in a real browser; the packages are those of report_html_rendered.
  add_test(NAME triage_page_rendered COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/rows.py $<TARGET_FILE:photopsy> $<TARGET_FILE:photopsy-make-sample>
    ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/web)
  set_tests_properties(triage_page_rendered PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1800)
endif()
