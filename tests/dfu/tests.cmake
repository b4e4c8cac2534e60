# The emulated Photon: a model without transport for the unit tests, and the same behind a real libusb where umockdev is installed.
set(emulated_photon ${CMAKE_CURRENT_SOURCE_DIR}/dfu/photon_device.cpp ${CMAKE_CURRENT_SOURCE_DIR}/dfu/dct_writer.cpp)
target_sources(photopsy_tests PRIVATE ${emulated_photon})

pkg_check_modules(umockdev IMPORTED_TARGET umockdev-1.0)
if(umockdev_FOUND)
  add_executable(emulated_photon ${CMAKE_CURRENT_SOURCE_DIR}/dfu/umockdev_main.cpp ${emulated_photon})
  target_link_libraries(emulated_photon PRIVATE photopsy_core PkgConfig::umockdev)
  target_include_directories(emulated_photon PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endif()
