# The page in Chromium, Firefox and WebKitGTK; skipped where it was not built (tools/make-page), or a browser, Node or the npm packages cannot be had.
if(Python3_FOUND)
  foreach(what reports firefox webkit capture repair persons figures)
    add_test(NAME page_${what} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/page/page.py ${what} $<TARGET_FILE:photopsy> $<TARGET_FILE:photopsy-make-sample>
      ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/web)
    set_tests_properties(page_${what} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1800)
  endforeach()
  if(TARGET emulated_photon)
    set_tests_properties(page_repair PROPERTIES ENVIRONMENT "PHOTOPSY_EMULATOR=$<TARGET_FILE:emulated_photon>")
  endif()
endif()
