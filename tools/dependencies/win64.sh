# Windows on x86-64, by mingw-w64.
cc=x86_64-w64-mingw32-gcc-posix cxx=x86_64-w64-mingw32-g++-posix ar=x86_64-w64-mingw32-ar
toolchain=cmake/toolchains/win64.cmake
cmake_for=("-DCMAKE_TOOLCHAIN_FILE=$root/$toolchain")
configure_for=(--host=x86_64-w64-mingw32)
openssl_for=(mingw64 no-capieng --cross-compile-prefix=x86_64-w64-mingw32-)
nettle_for=(--enable-fat)
archive_for=(-DWINDOWS_VERSION=WIN7) archive_needs=" -lbcrypt"
