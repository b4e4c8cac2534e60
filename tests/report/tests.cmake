# Every report is valid by the published schema; skipped where python3-jsonschema is missing.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME report_schema COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/report/schema.py $<TARGET_FILE:photopsy> ${CMAKE_SOURCE_DIR}/docs/report.schema.json)
  set_tests_properties(report_schema PROPERTIES SKIP_RETURN_CODE 77)
endif()
