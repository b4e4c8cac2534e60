function(photopsy_embed_as kind target name file)
  get_filename_component(file "${file}" ABSOLUTE)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  add_custom_command(OUTPUT "${output}" DEPENDS "${file}" "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake"
    COMMAND ${CMAKE_COMMAND} -DKIND=${kind} -DNAME=${name} -DINPUT=${file} -DOUTPUT=${output} -P "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

# photopsy_embed(TARGET NAME FILE): the bytes of FILE as `extern const std::string_view embedded_NAME` in namespace photopsy.
function(photopsy_embed target name file)
  photopsy_embed_as(bytes ${target} ${name} "${file}")
endfunction()

# photopsy_embed_packed(TARGET NAME FILE): a text that a run asks for once or never, as `extern const PackedText embedded_NAME` (base/packed_text.h).
function(photopsy_embed_packed target name file)
  photopsy_embed_as(packed ${target} ${name} "${file}")
endfunction()
