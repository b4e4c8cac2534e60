# The emulated Photon: a model without transport for the unit tests, and the same behind a real libusb where umockdev is installed.
set(emulated_photon ${CMAKE_CURRENT_SOURCE_DIR}/dfu/photon_device.cpp ${CMAKE_CURRENT_SOURCE_DIR}/dfu/dct_writer.cpp)
target_sources(photopsy_tests PRIVATE ${emulated_photon})
