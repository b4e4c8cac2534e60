#include "report/ticket.h"

#include "base/counted.h"
#include "base/digest.h"
#include "base/hex.h"

#include <fmt/format.h>

namespace photopsy {

/// What is in the bundle, so that its reader can tell whether anything was changed on the way.
static std::string ticket_manifest(const std::vector<BundleFile>& files, const Analysis& analysis, const std::string& about_copy) {
    auto text = fmt::format("photopsy {} report bundle\ndump: {} (not in this bundle: it holds secrets)\n{}\n\n", version,
                            counted(analysis.capture.size, "byte"), about_copy);
    for (const auto& file : files) {
        const ByteView bytes{reinterpret_cast<const std::uint8_t*>(file.bytes.data()), file.bytes.size()};
        text += fmt::format("{}  {}  {}\n", hex(sha256(bytes)), file.bytes.size(), file.name);
    }
    return text;
}

std::vector<BundleFile> ticket_files(const std::vector<Analysis>& analyses, const Result<RedactedDump>& copy) {
    ReportStyle for_strangers;
    for_strangers.tells_hash = false;
    std::vector<BundleFile> files = {{"report.html", render(analyses, Format::Html, for_strangers)},
                                     {"report.md", render(analyses, Format::Markdown, for_strangers)},
                                     {"report.txt", render(analyses, Format::Text, for_strangers)},
                                     {"report.json", render(analyses, Format::Json, for_strangers)}};
    if (copy) {
        files.push_back({"redacted.bin", std::string(copy->bytes.begin(), copy->bytes.end())});
        if (!copy->external.empty()) files.push_back({"redacted.external.bin", std::string(copy->external.begin(), copy->external.end())});
        files.push_back({"redacted.bin.manifest.json", copy->manifest});
    }
    const auto about_copy = copy ? "redacted.bin: the dump without its secrets; it gives the same verdict" : copy.error().message;
    files.push_back({"manifest.txt", ticket_manifest(files, analyses.front(), about_copy)});
    return files;
}

}  // namespace photopsy
