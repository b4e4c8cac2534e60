# Linux on x86-64.
cc=gcc cxx=g++ ar=ar
flags="$flags -fstack-protector-strong -fstack-clash-protection -fcf-protection -D_FORTIFY_SOURCE=2 -fPIE -fno-asynchronous-unwind-tables"
openssl_for=(linux-x86_64)
nettle_for=(--enable-fat)
usb_for=(--disable-udev)
