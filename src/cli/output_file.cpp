#include "cli/output_file.h"

#include "cli/file_system.h"
#include "cli/input_file.h"
#include "cli/replacement.h"

#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

std::string sentence(const std::string& path, int reason) { return "cannot write " + path + ": " + std::strerror(reason); }

std::string taken(const std::string& path) { return path + " exists already; give --force to overwrite it, or another name"; }

std::optional<std::string> write_directly(const OutputFile& output) {
    const int reason = write_to_device(output.path, output.bytes);
    if (reason == ENXIO) return "cannot write " + output.path + ": it is a pipe, and nobody reads from it";
    return reason ? std::optional(sentence(output.path, reason)) : std::nullopt;
}

/// The finished file under a name that nobody uses. What a process that died has left is no obstacle, with the same process number too.
int write_temporary(const OutputFile& output, std::string& name) {
    static constexpr int most_tries = 1000;
    int reason = EEXIST;
    for (int i = 0; reason == EEXIST && i < most_tries; ++i) {
        name = output.path + unfinished_suffix() + (i ? "-" + std::to_string(i) : "");
        reason = write_new_file(name, output.bytes, output.mode);
    }
    return reason;
}

std::optional<std::string> refused_set(const std::vector<OutputFile>& outputs, Overwrite overwrite) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (auto refused = refused_output(outputs[i].path, overwrite)) return refused;
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (same_place(outputs[i].path, outputs[earlier].path) && !is_written_to_directly(outputs[i].path))
                return outputs[earlier].path + " and " + outputs[i].path + " are one file; two are to be written";
    }
    return {};
}

}  // namespace

std::string unfinished_suffix() { return ".photopsy-" + std::to_string(process_number()); }

bool is_written_to_directly(const std::string& path) {
    const PlaceKind kind = kind_of(path);
    return kind == PlaceKind::Device || kind == PlaceKind::Pipe;
}

std::optional<std::string> refused_output(const std::string& path, Overwrite overwrite) {
    const PlaceKind kind = kind_of(path);
    if (kind == PlaceKind::Nothing || is_written_to_directly(path)) return {};
    if (kind == PlaceKind::Link) return path + " is a symbolic link; photopsy does not write through links, give the name of the file itself";
    if (kind == PlaceKind::Folder) return path + " is a directory; give the name of a file";
    if (kind != PlaceKind::File) return path + " is no file that can be written";
    if (overwrite != Overwrite::Renew && was_read(path)) return path + " is a file that was read for this: it is never overwritten, give another name";
    if (overwrite == Overwrite::No) return taken(path);
    return {};
}

std::optional<std::string> write_together(const std::vector<OutputFile>& outputs, Overwrite overwrite) {
    if (auto refused = refused_set(outputs, overwrite)) return refused;
    Replacement replacement(overwrite, outputs.size() > 1 ? SetAside::Yes : SetAside::No);
    for (const auto& output : outputs) {
        if (is_written_to_directly(output.path)) continue;
        std::string temporary;
        if (const int reason = write_temporary(output, temporary)) return sentence(output.path, reason);
        replacement.add(temporary, output.path);
    }
    if (const auto failed = replacement.carry_out()) return failed->reason == EEXIST ? taken(failed->path) : sentence(failed->path, failed->reason);
    for (const auto& output : outputs)
        if (is_written_to_directly(output.path))
            if (auto failure = write_directly(output)) return failure;
    return {};
}

std::optional<std::string> write_output(const std::string& path, std::string_view bytes, Overwrite overwrite, unsigned mode) {
    return write_together({{path, bytes, mode}}, overwrite);
}

std::optional<std::string> write_output(const std::string& path, ByteView bytes, Overwrite overwrite, unsigned mode) {
    return write_output(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), overwrite, mode);
}

}  // namespace photopsy
