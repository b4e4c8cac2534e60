find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME house_rules COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/includes.py ${CMAKE_SOURCE_DIR})
endif()
