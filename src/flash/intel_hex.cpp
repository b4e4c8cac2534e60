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

/// Appends to the last piece, or as a new one. `owned` never grows beyond its capacity, so that the views stay good.
void append(std::vector<Piece>& pieces, std::vector<std::uint8_t>& owned, std::uint64_t address, ByteView data) {
    if (data.empty() || address + data.size() > 0x100000000ull) return;
    const auto begin = owned.size();
    owned.insert(owned.end(), data.begin(), data.end());
    const bool goes_on = !pieces.empty() && pieces.back().at + pieces.back().bytes.size() == address;
    if (goes_on)
        pieces.back().bytes = ByteView(owned).subspan(begin - pieces.back().bytes.size());
    else
        pieces.push_back({static_cast<Address>(address), ByteView(owned).subspan(begin)});
}

/// Reads record after record; what is wrong becomes a problem.
class HexReader {
public:
    explicit HexReader(ByteView file) : lines_(file), decoded_{.format = "intel-hex"} {
        decoded_.owned.reserve(file.size() / 2);  // two digits for each byte
    }

    Decoded run() {
        std::string_view line;
        Record record;
        while (!ended_ && lines_.next(line)) {
            if (line.empty()) continue;
            if (const auto problem = read(line, record); !problem.empty()) {
                add(line, fmt::format("line {} of the Intel HEX text {}; what stands before it was read", lines_.number(), problem));
                return std::move(decoded_);
            }
            take(record, decoded_.pieces);
            if (decoded_.pieces.size() <= most_pieces) continue;
            add(line,
                fmt::format("the Intel HEX text names more than {} separate places: what stands from line {} on was not read", most_pieces, lines_.number()));
            return std::move(decoded_);
        }
        decoded_.ended = ended_;
        if (!ended_) decoded_.remarks.push_back("the Intel HEX text has no end record, so that its end may be missing");
        if (ended_) look_behind();
        return std::move(decoded_);
    }

private:
    void add(std::string_view line, std::string detail) {
        decoded_.problems.push_back(
            {.defect = CaptureDefect::NotBinary, .where = {}, .file_offset = lines_.offset(), .length = line.size(), .detail = std::move(detail)});
    }
    std::string_view read(std::string_view line, Record& record) {
        bytes_.clear();
        return parse_record(line, bytes_, record);
    }
    void take(const Record& record, std::vector<Piece>& pieces) {
        if (record.type == Data) append(pieces, decoded_.owned, base_ + record.offset, record.data);
        if (record.type == ExtendedSegment) base_ = std::uint64_t{big_endian<std::uint16_t>(record.data)} << 4;
        if (record.type == ExtendedLinear) base_ = std::uint64_t{big_endian<std::uint16_t>(record.data)} << 16;
        if (record.type == EndOfFile) ended_ = true;
    }
    /// Another HEX text behind the end record, as far as its records go; blank lines, zeros and the end mark of old systems are nothing.
    void look_behind() {
        auto& behind = decoded_.behind;
        base_ = 0;
        bool records = true;
        std::string_view line;
        Record record;
        while (lines_.next(line)) {
            if (line.find_first_not_of(std::string_view("\0\x1A", 2)) == line.npos) continue;
            if (behind.size == 0) behind.offset = lines_.offset();
            behind.size += line.size();
            records = records && read(line, record).empty() && behind.pieces.size() < most_pieces;
            if (records) take(record, behind.pieces);
        }
        behind.end = "the end record";
    }

    Lines lines_;
    Decoded decoded_;
    std::vector<std::uint8_t> bytes_;  // of the record at hand
    std::uint64_t base_ = 0;
    bool ended_ = false;
};

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

Decoded decode_intel_hex(ByteView file) { return HexReader(file).run(); }

}  // namespace photopsy
