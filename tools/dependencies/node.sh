# WebAssembly in Node (the tests and the command line, with words of 32 bits): what the page is linked with, and the large numbers of many devices' keys.
cc=cc cxx=c++ ar=ar
libraries=(of_the_page gmp)
prepare() {
  page="$("$root/tools/dependencies-for" wasm)"
  wasm="$("$root/tools/wasm-compiler")"
}
compiler() { basename "$page"; }  # its name is the hash of what it is made of
build_of_the_page() { cp -r "$page"/. "$made"; }
# The small one of two implementations that GMP brings along: one file, standard C.
build_gmp() {
  "$wasm/bin/clang" $flags -w -c "$work/gmp/mini-gmp/mini-gmp.c" -o "$work/mini-gmp.o"
  "$wasm/bin/ar" rcsD "$made/lib/libgmp.a" "$work/mini-gmp.o"
  cp "$work/gmp/mini-gmp/mini-gmp.h" "$made/include/gmp.h"
  describe gmp 6.2.1 -lgmp
}
