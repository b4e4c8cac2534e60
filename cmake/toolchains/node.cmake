# WebAssembly in Node, to try there what a program with words of 32 bits does: the page's compiler, with exceptions (the command line's library and the tests
# throw), which its fast way of compiling leaves out.
include("${CMAKE_CURRENT_LIST_DIR}/wasm.cmake")
set(CMAKE_C_COMPILER "${wasm_compiler}/bin/emcc")
set(CMAKE_CXX_COMPILER "${wasm_compiler}/bin/em++")
set(CMAKE_CXX_FLAGS_INIT -fwasm-exceptions)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fwasm-exceptions -sNODERAWFS=1 -sENVIRONMENT=node -sEXIT_RUNTIME=1 -sALLOW_MEMORY_GROWTH=1 -sSTACK_SIZE=8MB -sINITIAL_MEMORY=32MB -sEXPORTED_RUNTIME_METHODS=ENV --pre-js ${CMAKE_CURRENT_LIST_DIR}/../../src/cli/environment_node.js")
find_program(PHOTOPSY_NODE NAMES node nodejs NO_CMAKE_FIND_ROOT_PATH)
if(PHOTOPSY_NODE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${PHOTOPSY_NODE})
endif()
