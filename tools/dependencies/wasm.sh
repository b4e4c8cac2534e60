# The page: WebAssembly in a browser. No USB library, no threads, no sockets, no many dumps. The libraries' own build systems find out about a system by hundreds
# of small links, each of which costs a second here; so the few files that are wanted are compiled as they are, for memory alone.
toolchain=cmake/toolchains/wasm.cmake
openssl_for=(linux-generic32 no-asm no-threads -DNO_SYSLOG)
libraries=(sources nettle headers libdeflate zlib xz zstd libarchive fmt capstone openssl)
prepare() {
  wasm="$("$root/tools/wasm-compiler")"
  cc="$wasm/bin/clang" cxx="$wasm/bin/clang++" ar="$wasm/bin/ar"
  export CC="$cc" AR="$ar" RANLIB="$wasm/bin/ranlib"
}
compiler() { basename "$wasm"; }  # its name is the hash of what it is made of

# pack NAME FLAGS... -- FILES...: the files as lib/libNAME.a
pack() {
  local name="$1" words=()
  shift
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  shift
  mkdir "$work/build-$name"
  words="${words[*]}" flags="$flags" cc="$cc" cxx="$cxx" target="$work/build-$name" xargs -P "$(nproc)" -n 1 sh -c \
    'case "$0" in *.cc) compile="$cxx -std=c++20 -fno-exceptions" ;; *) compile="$cc" ;; esac; exec $compile $flags $words -w -c "$0" -o "$target/$(basename "$0").o"' <<< "$(printf '%s\n' "$@")"
  $ar rcsD "$made/lib/lib$name.a" "$work/build-$name"/*.o
}

build_sources() {
  rm -f "$made"/share/notices/{gmp,onetbb,libusb-1.0}
  # The random numbers of the browser come through getentropy(), which this version looks for where the objects are ELF only.
  sed -i 's/defined(__GNUC__) && __GNUC__ >= 2 && defined(__ELF__)/defined(__EMSCRIPTEN__)/; s/length) __attribute__((weak));/length);/' \
    "$work/openssl/providers/implementations/rands/seeding/rand_unix.c"
}
# SHA-256 is all that is asked of it.
build_nettle() {
  printf '#define NETTLE_VERSION_MAJOR 3\n' > "$work/nettle/version.h"
  pack nettle -I"$work/nettle" -- "$work"/nettle/{sha256,sha256-compress,write-be32}.c
  mkdir -p "$made/include/nettle"
  cp "$work"/nettle/{sha2,nettle-types,version}.h "$made/include/nettle/"
  describe nettle 3.8.1 -lnettle
}
build_capstone() {
  capstone_as_asked
  pack capstone -DCAPSTONE_HAS_ARM -DCAPSTONE_USE_SYS_DYN_MEM -I"$work/capstone/include" -- "$work"/capstone/{cs,utils,SStream,MCInst,MCInstrDesc,MCRegisterInfo}.c "$work"/capstone/arch/ARM/*.c
  cp "$work"/capstone/include/capstone/*.h "$made/include/capstone/"
  describe capstone 4.0.2 -lcapstone -I\${prefix}/include/capstone
}
build_libdeflate() {
  pack deflate -I"$work/libdeflate" -- "$work"/libdeflate/lib/{crc32,deflate_decompress,gzip_decompress,utils}.c
  cp "$work/libdeflate/libdeflate.h" "$made/include/"
  describe libdeflate 1.14 -ldeflate
}
build_xz() {
  local of="$work/xz-utils/src/liblzma" words=(-DHAVE_STDBOOL_H -DHAVE__BOOL -DHAVE_STDINT_H -DHAVE_INTTYPES_H -DHAVE_DECODERS -DLZMA_API_STATIC -DTUKLIB_SYMBOL_PREFIX=lzma_ -DSIZEOF_SIZE_T=4) part
  for part in LZMA1 LZMA2 X86 ARM ARM64 ARMTHUMB POWERPC SPARC IA64 DELTA; do words+=("-DHAVE_DECODER_$part"); done
  for part in CRC32 CRC64 SHA256; do words+=("-DHAVE_CHECK_$part"); done
  for part in api common check delta lz lzma rangecoder simple; do words+=("-I$of/$part"); done
  # Nothing is packed with it, one thread unpacks, and tables are not made anew.
  mapfile -t files < <(ls "$of"/{common,check,delta,lz,lzma,rangecoder,simple}/*.c | grep -vE 'encoder|_mt|small|tablegen|stream_buffer|hardware|outqueue|microlzma|lzip|file_info|auto_dec|easy_|optimum|fastpos_t|price_t')
  pack lzma "${words[@]}" -I"$work/xz-utils/src/common" -- "${files[@]}"
  cp -r "$of/api/lzma.h" "$of/api/lzma" "$made/include/"
  describe liblzma 5.4.1 -llzma -DLZMA_API_STATIC
}
build_zstd() {
  pack zstd -DZSTD_DISABLE_ASM -DXXH_NAMESPACE=ZSTD_ -I"$work/libzstd/lib" -- "$work"/libzstd/lib/{common,decompress}/*.c
  cp "$work"/libzstd/lib/{zstd,zstd_errors}.h "$made/include/"
}
# Reading gzip, xz, zstd, zip and 7z, and writing zip, from memory to memory: the settings that it keeps for Android are the nearest, less what a browser has not.
build_libarchive() {
  local of="$work/libarchive" absent present
  absent="ARC4RANDOM_BUF BZLIB_H EXPAT_H FGETXATTR FLISTXATTR FSETXATTR GETXATTR ICONV ICONV_H LGETXATTR LIBBZ2 LIBEXPAT LIBXML2 LIBXML_XMLREADER_H LISTXATTR LLISTXATTR LINUX_FIEMAP_H LINUX_FS_H LINUX_MAGIC_H LINUX_TYPES_H LSETXATTR SETXATTR SYS_CDEFS_H SYS_XATTR_H ATTR_XATTR_H"
  present="LIBZ ZLIB_H LIBLZMA LZMA_H LIBZSTD ZSTD_H"
  { echo '#include "linux_host.h"'; printf '#undef HAVE_%s\n' $absent $present; printf '#define HAVE_%s 1\n' $present; } > "$of/memory_only.h"
  mapfile -t files < <(ls "$of"/libarchive/*.c | grep -vE '_disk|_windows|filter_fork|program|write_set_format_(7zip|xar|mtree|iso|pax|ustar|gnutar|cpio|ar|shar|v7tar|warc|raw|by|filter)|write_add_filter_(b64|bzip|comp|grzip|gzip|lrzip|lz4|lzop|uu|xz|zstd|by)|support_format_(xar|iso9660|mtree|rar|rar5|lha|cab|cpio|warc|ar|by|all|empty)|support_filter_(by|all|bzip2|compress|grzip|lrzip|lz4|lzop|rpm|uu|lzip)|open_(fd|file)|getdate|blake2|extract|xxhash')
  pack archive -DLIBARCHIVE_STATIC -DLZMA_API_STATIC -D__LIBARCHIVE_CONFIG_H_INCLUDED '-DPLATFORM_CONFIG_H="memory_only.h"' -I"$of" -I"$of/contrib/android/config" -I"$of/libarchive" -I"$made/include" -- "${files[@]}"
  cp "$of"/libarchive/{archive,archive_entry}.h "$made/include/"
  describe libarchive 3.6.2 "-larchive -llzma -lzstd -lz" "-DLIBARCHIVE_STATIC -DLZMA_API_STATIC"
}
build_fmt() {
  pack fmt -I"$work/fmtlib/include" -- "$work"/fmtlib/src/{format,os}.cc
  cp -r "$work/fmtlib/include/fmt" "$made/include/"
  mkdir -p "$made/lib/cmake/fmt"
  cat > "$made/lib/cmake/fmt/fmt-config.cmake" <<'DESCRIPTION'
get_filename_component(folder "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
add_library(fmt::fmt STATIC IMPORTED)
set_target_properties(fmt::fmt PROPERTIES IMPORTED_LOCATION "${folder}/lib/libfmt.a" INTERFACE_INCLUDE_DIRECTORIES "${folder}/include")
DESCRIPTION
}
