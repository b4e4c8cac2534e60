# Homebrew formula. `url` and `sha256` are those of the source archive that tools/make-packages makes; put both in when a release is published.
class Photopsy < Formula
  desc "Forensics of Particle devices from a flash dump"
  homepage "https://example.org/photopsy"
  url "https://example.org/photopsy/photopsy-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "Apache-2.0"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "pkgconf" => :build
  depends_on "tomlplusplus" => :build
  depends_on "capstone"
  depends_on "fmt"
  depends_on "gmp"
  depends_on "libarchive"
  depends_on "libdeflate"
  depends_on "libusb"
  depends_on "nettle"
  depends_on "openssl@3"
  depends_on "tbb"

  # One header, which Homebrew has no formula of: as Debian packs it.
  resource "mustache" do
    url "https://deb.debian.org/debian/pool/main/libk/libkainjow-mustache/libkainjow-mustache_4.1+ds.orig.tar.xz"
    sha256 "da0ed0c7d9842cf9f68f9f7e3f58e456efc5a7d6c05cb8786f98ed3979e56685"
  end

  def install
    (buildpath/"mustache/kainjow").install resource("mustache")
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DPHOTOPSY_TESTS=OFF", "-DMUSTACHE_INCLUDE_DIR=#{buildpath}/mustache", *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  test do
    (testpath/"blank.bin").write("\xff" * 1_048_576)
    assert_match "photopsy-report/", shell_output("#{bin}/photopsy blank.bin --format json", 1)
  end
end
