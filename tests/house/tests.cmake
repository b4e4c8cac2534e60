find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME house_rules COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/includes.py ${CMAKE_SOURCE_DIR})
  add_test(NAME house_names_no_device COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/devices.py ${CMAKE_SOURCE_DIR})
endif()
# A program of a few lines with the flags of a release, in every build; where the build is a release, the real one too.
add_executable(hardened_probe house/hardened_probe.cpp)
set_target_properties(hardened_probe PROPERTIES LINK_LIBRARIES "")  # none of a sanitizer
target_compile_options(hardened_probe PRIVATE -O2 ${photopsy_hardening_compile} -fno-sanitize=all)
target_link_options(hardened_probe PRIVATE ${photopsy_hardening_link} -fno-sanitize=all)
add_test(NAME release_is_hardened COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/house/hardening.py $<TARGET_FILE:hardened_probe> $<$<CONFIG:Release>:$<TARGET_FILE:photopsy>>)
