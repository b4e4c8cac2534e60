# The unit tests for a program of another system; they run in its emulator (wine, qemu, Node), which the toolchain file names. All of them are there but
# those of the lists below, each of which says what its files ask for that is not there.
set(portable_rooms base boot diagnosis dfu facts fleet flash handshake house mend page remedy report rules samples support)
# Rooms left out: `cli` asks for processes, links, pipes and pseudo-terminals of POSIX (the programs themselves are compared by tests/delivery);
# `properties` takes minutes as machine code, and asks for threads and counted calls.
set(asks_for_posix facts/block_table_test.cpp handshake/live_cases_test.cpp)
# A whole session with a peer, whose cipher (AES-128-CBC), and readers of key files, which the OpenSSL of a program that is given away has not: photopsy asks it for none.
set(asks_for_more_of_openssl handshake/session_test.cpp samples/keys_test.cpp)
# Archives of all forms, which the page's libarchive reads and does not write.
set(asks_for_packing)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
  set(asks_for_packing flash/unpack_test.cpp)
endif()
# What counts or forbids calls by the linker's --wrap, a server, a device on a simulated bus.
set(support_for_posix support/arithmetic_count.cpp support/killed.cpp support/network.cpp handshake/peer_device.cpp handshake/peer_session_openssl.cpp
  handshake/session_server.cpp dfu/umockdev_main.cpp dfu/umockdev_socket.cpp)

find_path(PHOTOPSY_CATCH2_FOLDER catch2/catch.hpp PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH REQUIRED)
configure_file("${PHOTOPSY_CATCH2_FOLDER}/catch2/catch.hpp" "${CMAKE_CURRENT_BINARY_DIR}/catch2/catch.hpp" COPYONLY)  # that header alone, not the machine's others
set(portable_sources)
foreach(room ${portable_rooms})
  file(GLOB of_room RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${room}/*.cpp)
  list(APPEND portable_sources ${of_room})
endforeach()
list(REMOVE_ITEM portable_sources ${asks_for_posix} ${asks_for_more_of_openssl} ${asks_for_packing} ${support_for_posix} house/hardened_probe.cpp)
if(WIN32)  # what Windows does in its own way
  file(GLOB of_windows RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS cli/windows/*.cpp)
  list(APPEND portable_sources ${of_windows})
endif()
add_executable(photopsy_portable_tests main.cpp ${portable_sources})
target_link_libraries(photopsy_portable_tests PRIVATE photopsy_page photopsy_cli photopsy_samples nlohmann_json::nlohmann_json OpenSSL::Crypto PkgConfig::libarchive)
target_include_directories(photopsy_portable_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
target_compile_definitions(photopsy_portable_tests PRIVATE PHOTOPSY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PHOTOPSY_CATCH2_V2)
target_compile_options(photopsy_portable_tests PRIVATE -O0 -g0 -U_FORTIFY_SOURCE)
target_precompile_headers(photopsy_portable_tests PRIVATE catch.h)
set_source_files_properties(main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
set_source_files_properties(support/leak.cpp dfu/photon_device.cpp dfu/photon_memory.cpp dfu/nor_flash.cpp dfu/dct_writer.cpp PROPERTIES COMPILE_OPTIONS -O1 SKIP_PRECOMPILE_HEADERS ON)
if(WIN32)
  target_link_options(photopsy_portable_tests PRIVATE -static LINKER:--stack,8388608)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(photopsy_portable_tests PRIVATE -static-pie)
endif()
find_package(Python3 COMPONENTS Interpreter REQUIRED)
add_test(NAME portable_tests COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/delivery/portable_tests.py "${CMAKE_CROSSCOMPILING_EMULATOR}" $<TARGET_FILE:photopsy_portable_tests>)
set_tests_properties(portable_tests PROPERTIES TIMEOUT 6000)
