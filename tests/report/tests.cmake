# Every report is valid by the published schema; skipped where python3-jsonschema is missing.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME report_schema COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/report/schema.py $<TARGET_FILE:photopsy> ${CMAKE_SOURCE_DIR}/docs/report.schema.json
    ${CMAKE_SOURCE_DIR}/docs/schemas/triage.schema.json)
  set_tests_properties(report_schema PROPERTIES SKIP_RETURN_CODE 77)
  # In a real browser, and as a forum renders them; skipped where Chromium, Node or the npm packages cannot be had. The packages go to the build directory.
  foreach(form html markdown)
    add_test(NAME report_${form}_rendered COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/report/web/reports.py ${form} $<TARGET_FILE:photopsy>
      $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/web)
    set_tests_properties(report_${form}_rendered PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1800)
  endforeach()
  add_test(NAME report_printed COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/report/printed.py $<TARGET_FILE:photopsy>
    $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR}/samples)
  set_tests_properties(report_printed PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
endif()
