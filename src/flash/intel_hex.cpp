// Intel HEX (Intel, "Hexadecimal Object File Format Specification", 1988): record types 00 to 05.
#include "flash/formats.h"
#include "flash/lines.h"

#include <fmt/format.h>

#include <numeric>
#include <string_view>

namespace photopsy {

namespace {

enum RecordType : std::uint8_t { Data = 0, EndOfFile = 1, ExtendedSegment = 2, StartSegment = 3, ExtendedLinear = 4, StartLinear = 5 };

struct Record {
    std::uint16_t offset = 0;
    std::uint8_t type = 0;
    ByteView data;
};

/// Why a line is no record; "" where it is one.
std::string_view parse_record(std::string_view line, std::vector<std::uint8_t>& bytes, Record& record) {
    if (line.empty() || line[0] != ':') return "does not begin with a colon";
    if (!append_hex(line.substr(1), bytes)) return "holds something other than pairs of hexadecimal digits";
    if (bytes.size() < 5 || bytes.size() != 5u + bytes[0]) return "is shorter or longer than it says";
    if (std::accumulate(bytes.begin(), bytes.end(), 0u) % 256 != 0) return "has a wrong checksum";
    record = {.offset = static_cast<std::uint16_t>(bytes[1] * 256 + bytes[2]), .type = bytes[3], .data = ByteView(bytes).subspan(4, bytes[0])};
    if (record.type > StartLinear) return "has an unknown record type";
    if ((record.type == ExtendedSegment || record.type == ExtendedLinear) && record.data.size() != 2) return "has an address of a wrong length";
    return "";
}

void append(std::vector<Segment>& segments, std::uint64_t address, ByteView data) {
    if (data.empty() || address + data.size() > 0x100000000ull) return;
    if (segments.empty() || segments.back().at + segments.back().bytes.size() != address) segments.push_back({static_cast<Address>(address), {}});
    auto& bytes = segments.back().bytes;
    bytes.insert(bytes.end(), data.begin(), data.end());
}

}  // namespace

bool is_intel_hex(ByteView file) {
    Lines lines(file);
    std::string_view line;
    while (lines.next(line))
        if (!line.empty()) break;
    std::vector<std::uint8_t> bytes;
    Record record;
    return !line.empty() && parse_record(line, bytes, record).empty();
}

Decoded decode_intel_hex(ByteView file) {
    Decoded decoded{.format = "intel-hex"};
    Lines lines(file);
    std::string_view line;
    std::vector<std::uint8_t> bytes;
    std::uint64_t base = 0;
    bool ended = false;
    while (!ended && lines.next(line)) {
        if (line.empty()) continue;
        bytes.clear();
        Record record;
        const auto problem = parse_record(line, bytes, record);
        if (!problem.empty()) {
            decoded.problems.push_back({.defect = CaptureDefect::NotBinary,
                                        .where = {},
                                        .file_offset = lines.offset(),
                                        .length = line.size(),
                                        .detail = fmt::format("line {} of the Intel HEX text {}; what stands before it was read", lines.number(), problem)});
            return decoded;
        }
        if (record.type == Data) append(decoded.segments, base + record.offset, record.data);
        if (record.type == ExtendedSegment) base = std::uint64_t{big_endian<std::uint16_t>(record.data)} << 4;
        if (record.type == ExtendedLinear) base = std::uint64_t{big_endian<std::uint16_t>(record.data)} << 16;
        ended = record.type == EndOfFile;
    }
    if (!ended) decoded.remarks.push_back("the Intel HEX text has no end record");
    return decoded;
}

}  // namespace photopsy
