# Linux on 64-bit ARM, by Debian's cross compiler.
cc=aarch64-linux-gnu-gcc cxx=aarch64-linux-gnu-g++ ar=aarch64-linux-gnu-ar
toolchain=cmake/toolchains/aarch64.cmake
flags="$flags -fstack-protector-strong -fstack-clash-protection -mbranch-protection=standard -D_FORTIFY_SOURCE=2 -fPIE -fno-asynchronous-unwind-tables"
cmake_for=("-DCMAKE_TOOLCHAIN_FILE=$root/$toolchain")
configure_for=(--host=aarch64-linux-gnu)
openssl_for=(linux-aarch64 --cross-compile-prefix=aarch64-linux-gnu-)
nettle_for=(--enable-fat)
usb_for=(--disable-udev)
deflate_for=arm
