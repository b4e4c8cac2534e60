# Windows on x86-64, by Debian's mingw-w64 with POSIX threads; programs of the build run in wine, where it is installed.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32 ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
find_program(PHOTOPSY_WINE NAMES wine64 wine PATHS /usr/lib/wine NO_CMAKE_FIND_ROOT_PATH)  # the last: what the package wine64 alone gives
if(PHOTOPSY_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${PHOTOPSY_WINE})
endif()
# libarchive finds this out by running a program, whatever its cache says; cmake 3.25 crashes in that where wine is missing. On x86-64 it is all the same.
set(ZLIB_WINAPI OFF)
