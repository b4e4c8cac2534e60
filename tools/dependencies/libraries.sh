# How each library is built for any target: sourced by tools/dependencies-for. A target may build one in its own way: its file (dependencies/TARGET.sh) is read
# after this one. Each function leaves headers, an archive and a description in $made; it runs with errexit, in a shell of its own.

# with_cmake NAME FOLDER OPTIONS...
with_cmake() {
  local name="$1" folder="$2"
  shift 2
  cmake -G Ninja -S "$work/$folder" -B "$work/build-$name" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$flags -DNDEBUG" -DCMAKE_CXX_FLAGS_RELEASE="$flags -DNDEBUG" \
    -DCMAKE_INSTALL_PREFIX="$made" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_PREFIX_PATH="$made" -DCMAKE_FIND_ROOT_PATH="$made" -DBUILD_SHARED_LIBS=OFF -DCMAKE_POLICY_DEFAULT_CMP0074=NEW "${cmake_for[@]}" "$@"
  cmake --build "$work/build-$name" --target "${cmake_part:-all}"
}

# describe NAME VERSION LIBRARIES COMPILE: what pkg-config tells of it, wherever the folder lies
describe() {
  printf 'prefix=${pcfiledir}/../..\nName: %s\nDescription: %s\nVersion: %s\nCflags: -I${prefix}/include %s\nLibs: -L${prefix}/lib %s\n' "$1" "$1" "$2" "${4:-}" "$3" > "$made/lib/pkgconfig/$1.pc"
}

# What photopsy asks of it: large numbers, HMAC, RSA and EC keys, ECDSA (which hashes with SHA-512), random numbers (made by AES). The default provider keeps
# those; the rest of it, readers and writers of key files, and what stood before there were providers is not linked: half of the library, and of the tables that
# are made ready at each start.
openssl_as_asked() {
  cd "$work/openssl"
  asked='sha1 sha256 sha512 aes256ecb aes256ctr hmac drbg_ctr seed_src rsa_keymgmt ec_keymgmt ecdsa_signature' perl -0pi -e '
    my %asked = map { ("ossl_${_}_functions" => 1) } split " ", $ENV{asked};
    s/^ +(?:\{ |ALGC?\()PROV_NAMES_\w+,[^;]*?\b(ossl_\w+_functions)\b[^;]*?\}?\)?,\n(?=#| +[A{\/]|\n)/$asked{$1} ? $& : ""/gme;
    s/^#include "(?:encoders|decoders|stores)\.inc"\n//gm;
    s/^ +\{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES,.*?\},\n//gms' providers/defltprov.c
  sed -i '/"base"\|"null"/d' crypto/provider_predefined.c
  sed -i '/EVP_add_cipher/d' crypto/evp/c_allc.c
  sed -i '/EVP_add_digest/{/EVP_sha1()\|EVP_sha256()/!d}' crypto/evp/c_alld.c
  sed -i '/^    ossl_.*_pkey_method,$/d' crypto/evp/pmeth_lib.c
  sed -i '/^    &ossl_.*_asn1_meth/d' crypto/asn1/standard_methods.h
}
build_openssl() {
  local without="no-pic no-engine no-dso no-shared no-module no-sock no-dgram no-tests no-ui-console no-ssl no-tls no-dtls no-comp no-ct no-ocsp no-cms no-ts no-cmp no-srp no-psk no-autoload-config no-legacy no-err no-md4 no-mdc2 no-rc2 no-rc4 no-rc5 no-idea no-seed no-bf no-cast no-camellia no-aria no-des no-chacha no-poly1305 no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 no-gost no-dh no-dsa no-blake2 no-siphash no-cmac no-siv no-scrypt no-ocb no-ec2m no-multiblock no-filenames no-rfc3779 no-secure-memory no-deprecated"
  openssl_as_asked
  mkdir "$work/build-openssl" && cd "$work/build-openssl"
  CFLAGS="$flags" "$work/openssl/Configure" "${openssl_for[@]}" $without
  make build_generated && make libcrypto.a
  cp "$work"/openssl/include/openssl/*.h include/openssl/*.h "$made/include/openssl/"
  cp libcrypto.a "$made/lib/"
}
# Of what its table says of each of 2,450 instructions, the number and the kinds of the operands are all that is ever read.
capstone_as_asked() {
  cd "$work/capstone"
  perl -0pi -e 's/(typedef struct MCInstrDesc \{\n).*?(\} MCInstrDesc;)/$1\tunsigned char NumOperands;\n\tconst MCOperandInfo *OpInfo;\n$2/s' MCInstrDesc.h
  perl -pi -e 's/^  \{ \d+,\t(\d+),.*, (nullptr|OperandInfo\d+),\w+,(?:nullptr|0) \},/  { $1, $2 },/' arch/ARM/ARMGenInstrInfo.inc
}
build_capstone() {
  capstone_as_asked
  with_cmake capstone capstone -DCAPSTONE_ARCHITECTURE_DEFAULT=OFF -DCAPSTONE_ARM_SUPPORT=ON -DCAPSTONE_BUILD_SHARED=OFF -DCAPSTONE_BUILD_TESTS=OFF -DCAPSTONE_BUILD_CSTOOL=OFF
  cp "$work/build-capstone/libcapstone.a" "$made/lib/"
  cp "$work"/capstone/include/capstone/*.h "$made/include/capstone/"
  describe capstone 4.0.2 -lcapstone -I\${prefix}/include/capstone
}
build_libdeflate() {
  mkdir "$work/build-deflate" && cd "$work/build-deflate"
  (cd "$work/libdeflate" && $cc $flags -I. -c lib/*.c "lib/$deflate_for"/*.c && $ar rcsD "$made/lib/libdeflate.a" *.o)
  cp "$work/libdeflate/libdeflate.h" "$made/include/"
  describe libdeflate 1.14 -ldeflate
}
build_zlib() {
  (cd "$work/zlib" && $cc $flags -DHAVE_UNISTD_H=1 -c adler32.c compress.c crc32.c deflate.c infback.c inffast.c inflate.c inftrees.c trees.c uncompr.c zutil.c && $ar rcsD "$made/lib/libz.a" *.o)
  cp "$work/zlib/zlib.h" "$work/zlib/zconf.h" "$made/include/"
  describe zlib 1.2.13 -lz
}
build_xz() {
  with_cmake xz xz-utils -DCREATE_XZ_SYMLINKS=OFF -DCREATE_LZMA_SYMLINKS=OFF
  cp "$work/build-xz/liblzma.a" "$made/lib/"
  cp -r "$work/xz-utils/src/liblzma/api/lzma.h" "$work/xz-utils/src/liblzma/api/lzma" "$made/include/"
  describe liblzma 5.4.1 -llzma -DLZMA_API_STATIC
}
build_zstd() {
  with_cmake zstd libzstd/build/cmake -DZSTD_LEGACY_SUPPORT=OFF -DZSTD_MULTITHREAD_SUPPORT=OFF -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF -DZSTD_BUILD_TESTS=OFF
  cmake --install "$work/build-zstd"
}
build_libarchive() {
  local without=() part
  for part in MBEDTLS NETTLE OPENSSL LIBB2 LZ4 LZO BZip2 LIBXML2 EXPAT PCREPOSIX PCRE2POSIX LIBGCC CNG TAR CPIO CAT XATTR ACL ICONV TEST; do without+=("-DENABLE_$part=OFF"); done
  cmake_part=archive_static with_cmake libarchive libarchive "${without[@]}" -DZLIB_LIBRARY="$made/lib/libz.a" -DZLIB_INCLUDE_DIR="$made/include" -DLIBLZMA_LIBRARY="$made/lib/liblzma.a" \
    -DLIBLZMA_INCLUDE_DIR="$made/include" -DZSTD_LIBRARY="$made/lib/libzstd.a" -DZSTD_INCLUDE_DIR="$made/include" -DPOSIX_REGEX_LIB=NONE -DENABLE_WERROR=OFF "${archive_for[@]}"
  cp "$work"/build-libarchive/libarchive/libarchive*.a "$made/lib/libarchive.a"
  cp "$work/libarchive/libarchive/archive.h" "$work/libarchive/libarchive/archive_entry.h" "$made/include/"
  describe libarchive 3.6.2 "-larchive -llzma -lzstd -lz${archive_needs:-}" "-DLIBARCHIVE_STATIC -DLZMA_API_STATIC"
}
build_fmt() {
  with_cmake fmt fmtlib -DFMT_TEST=OFF -DFMT_DOC=OFF
  cmake --install "$work/build-fmt"
}
# Without notes to a profiler; places to wait at for a few dozen threads, not thousands: all of them are made ready at each start.
build_tbb() {
  sed -i '/__TBB_USE_ITT_NOTIFY/d' "$work/onetbb/src/tbb/CMakeLists.txt"
  sed -i 's/num_address_waiters = 2 << 10/num_address_waiters = 2 << 5/' "$work/onetbb/src/tbb/address_waiter.cpp"
  with_cmake tbb onetbb -DTBB_TEST=OFF -DTBB_EXAMPLES=OFF -DTBB_STRICT=OFF -DTBBMALLOC_BUILD=OFF -DTBB_DISABLE_HWLOC_AUTOMATIC_SEARCH=ON
  cmake --install "$work/build-tbb"
}
build_gmp() {
  mkdir "$work/build-gmp" && cd "$work/build-gmp"
  # Debian leaves the manual out, and configure misses it.
  mkdir -p "$work/gmp/doc" && printf 'all install:\n' > "$work/gmp/doc/Makefile.in"
  CC=$cc CFLAGS="$flags" "$work/gmp/configure" "${configure_for[@]}" --disable-shared --enable-static --disable-assembly --disable-cxx --prefix="$made" && make
  cp .libs/libgmp.a "$made/lib/"
  cp gmp.h "$made/include/"
  describe gmp 6.2.1 -lgmp
}
build_libusb() {
  mkdir "$work/build-usb" && cd "$work/build-usb"
  CC=$cc CFLAGS="$flags" "$work/libusb-1.0/configure" "${configure_for[@]}" "${usb_for[@]}" --disable-shared --enable-static --prefix="$made" && make -C libusb install && make install-pkgconfigDATA
  sed -i 's|^prefix=.*|prefix=${pcfiledir}/../..|' "$made/lib/pkgconfig/libusb-1.0.pc"
}
# SHA-256 alone is asked of it: it needs nothing prepared before the first byte but the choice of what this processor is best at.
build_nettle() {
  mkdir "$work/build-nettle" && cd "$work/build-nettle"
  perl -0pi -e 's/^DE(?:CLARE|FINE)_FAT_FUNC\w*\((?!_nettle_sha256|sha256)\w+,.*?\n(?=\n|DE|\z)//gms; s/^ +_?nettle_(?!sha256)\w+_vec = \w+;\n//gm' "$work"/nettle/fat-*.c
  CC=$cc CFLAGS="$flags" "$work/nettle/configure" "${configure_for[@]}" "${nettle_for[@]}" --disable-public-key --disable-shared --disable-documentation --disable-openssl
  make libnettle.a
  cp libnettle.a "$made/lib/"
  mkdir -p "$made/include/nettle"
  cp "$work"/nettle/*.h "$made/include/nettle/"
  cp version.h nettle-types.h "$made/include/nettle/" 2> /dev/null || cp version.h "$made/include/nettle/"
  describe nettle 3.8.1 -lnettle
}
# Libraries that are headers only, as Debian packs them.
build_headers() {
  cp -r /usr/include/nlohmann /usr/include/toml++ /usr/include/kainjow /usr/include/CLI "$made/include/"
  cp -r /usr/share/cmake/nlohmann_json /usr/share/cmake/CLI11 "$made/share/cmake/"
  for part in nlohmann-json3-dev libtomlplusplus-dev libkainjow-mustache-dev libcli11-dev; do cp "/usr/share/doc/$part/copyright" "$made/share/notices/${part%-dev}"; done
}
