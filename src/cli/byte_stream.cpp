#include "cli/byte_stream.h"

#include "cli/input_file.h"

#include <cerrno>
#include <cstring>

namespace photopsy {

ByteStream::ByteStream(const std::string& path) : path_(path), file_(path) {
    if (file_.reason()) failure_ = "cannot read " + path_ + ": " + std::strerror(file_.reason());
    remember_as_read(file_);
    if (!file_.reason() && file_.kind() == PlaceKind::Pipe) file_.wait(-1);  // for who writes to it
}

/// Reads some more. False at the end and after a failure.
bool ByteStream::fill() {
    static constexpr std::size_t step = std::size_t{1} << 16;
    if (at_end_ || !failure_.empty()) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    const auto size = buffer_.size();
    buffer_.resize(size + step);
    const std::span room(reinterpret_cast<std::uint8_t*>(buffer_.data()) + size, step);
    std::int64_t got = 0;
    while ((got = file_.read(room)) == -EAGAIN) file_.wait(-1);
    buffer_.resize(size + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got < 0) failure_ = "cannot read " + path_ + ": " + std::strerror(static_cast<int>(-got));
    at_end_ = got <= 0;
    return got > 0;
}

std::optional<std::string> ByteStream::line(char separator, std::size_t longest) {
    std::size_t looked = 0;
    for (;;) {
        const auto end = buffer_.find(separator, begin_ + looked);
        const auto length = (end == std::string::npos ? buffer_.size() : end) - begin_;
        if (length > longest) {
            too_long_ = true;
            failure_ = path_ + " holds a line of more than " + std::to_string(longest >> 10) + " KiB";
            return {};
        }
        if (end != std::string::npos) {
            auto text = buffer_.substr(begin_, length);
            begin_ = end + 1;
            return text;
        }
        looked = length;
        if (fill()) continue;
        if (length == 0 || !failure_.empty()) return {};
        auto text = buffer_.substr(begin_);
        begin_ = buffer_.size();
        return text;
    }
}

bool ByteStream::pass_over_line(char separator) {
    if (!too_long_) return false;
    too_long_ = false;
    failure_.clear();
    std::size_t end = 0;
    while ((end = buffer_.find(separator, begin_)) == std::string::npos) {
        begin_ = buffer_.size();
        if (!fill()) return true;
    }
    begin_ = end + 1;
    return true;
}

std::string_view ByteStream::peek(std::size_t count) {
    while (buffer_.size() - begin_ < count && fill()) {
    }
    return std::string_view(buffer_).substr(begin_, count);
}

Result<std::vector<std::uint8_t>> ByteStream::rest(std::size_t limit) {
    while (buffer_.size() - begin_ <= limit && fill()) {
    }
    if (!failure_.empty()) return Error{failure_};
    if (buffer_.size() - begin_ > limit) return Error{"cannot read " + path_ + ": it is too large (more than " + std::to_string(limit >> 20) + " MiB)"};
    std::vector<std::uint8_t> bytes(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.end());
    begin_ = buffer_.size();
    return bytes;
}

}  // namespace photopsy
