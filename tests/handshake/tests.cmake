# A handshake with a server of somebody else's: skipped where Node.js, npm or the npm registry are not there.
target_sources(photopsy_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/handshake/session_server.cpp ${CMAKE_CURRENT_SOURCE_DIR}/handshake/peer_session_openssl.cpp)
add_executable(peer_device ${CMAKE_CURRENT_SOURCE_DIR}/handshake/peer_device.cpp ${CMAKE_CURRENT_SOURCE_DIR}/handshake/peer_session_openssl.cpp)
target_link_libraries(peer_device PRIVATE photopsy_cli OpenSSL::Crypto)
target_include_directories(peer_device PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
find_program(nodejs NAMES node nodejs)
find_program(npm npm)
if(nodejs AND npm)
  add_test(NAME handshake_with_a_real_server COMMAND ${nodejs} ${CMAKE_CURRENT_SOURCE_DIR}/handshake/peer.js $<TARGET_FILE:photopsy> $<TARGET_FILE:peer_device> ${CMAKE_CURRENT_BINARY_DIR}/peer)
  add_test(NAME handshake_with_an_old_server COMMAND ${nodejs} ${CMAKE_CURRENT_SOURCE_DIR}/handshake/old_peer.js $<TARGET_FILE:photopsy>
    $<TARGET_FILE:photopsy-make-sample> ${CMAKE_SOURCE_DIR}/samples ${CMAKE_CURRENT_BINARY_DIR}/old-peer)
  set_tests_properties(handshake_with_a_real_server handshake_with_an_old_server PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
else()
  add_test(NAME handshake_with_a_real_server COMMAND ${CMAKE_COMMAND} -E echo "skipped: Node.js and npm are not installed")
  set_tests_properties(handshake_with_a_real_server PROPERTIES SKIP_REGULAR_EXPRESSION "skipped:")
endif()

# EC keys as Debian's mbedTLS reads them; skipped where it is not installed.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME ec_keys_read_by_mbedtls COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/handshake/mbedtls.py $<TARGET_FILE:photopsy>)
  set_tests_properties(ec_keys_read_by_mbedtls PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1800)
endif()
