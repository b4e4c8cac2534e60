# photopsy_embed(TARGET NAME FILE): the bytes of FILE as `extern const std::string_view embedded_NAME` in namespace photopsy.
function(photopsy_embed target name file)
  get_filename_component(file "${file}" ABSOLUTE)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  add_custom_command(OUTPUT "${output}" DEPENDS "${file}" "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake"
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DINPUT=${file} -DOUTPUT=${output} -P "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
