// What people read: each fact once, nothing left hanging, and the forum's limits for every labelled dump.
#include "report/plain_text.h"
#include "report/report.h"
#include "report/wrap.h"
#include "support/output_text.h"
#include "support/shared.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string report_on(const std::string& name, Format format, unsigned width = 80, bool utf8 = true, ReportStyle::Extent extent = ReportStyle::Extent::Full) {
    for (const auto& story : stories())
        if (story.name == name) {
            const auto& layout = *builtin_layout(story.sample.recipe.device);
            std::vector<Analysis> one;
            one.push_back(analyze(recognize(story.sample.file, "dump.bin", "", layout), layout));
            ReportStyle style;
            style.width = width;
            style.utf8 = utf8;
            style.extent = extent;
            return render(one, format, style);
        }
    FAIL("no story " << name);
    return "";
}

/// Markdown without fences and code spans: what a forum may change.
std::string prose(const std::string& markdown) {
    std::string text, line;
    bool fence = false, code = false;
    for (std::size_t at = 0; at < markdown.size(); ++at) {
        if ((at == 0 || markdown[at - 1] == '\n') && markdown.compare(at, 3, "```") == 0) {
            fence = !fence;
            at = std::min(markdown.find('\n', at), markdown.size() - 1);
            continue;
        }
        if (fence) continue;
        if (markdown[at] == '`' && (at == 0 || markdown[at - 1] != '\\'))
            code = !code;
        else if (!code)
            text += markdown[at];
    }
    return text;
}

}  // namespace

TEST_CASE("one fact at two places is told once to people, and kept whole for programs", "[report]") {
    const auto text = report_on("version-skew", Format::Text);
    INFO(text);
    CHECK(count(text, "dependency-unmet") == 1);
    CHECK(has(text, "also      0x08060000"));
    CHECK(count(report_on("version-skew", Format::Markdown), "`dependency-unmet`") == 1);
    const auto html = report_on("version-skew", Format::Html);
    CHECK(count(html, "<code>dependency-unmet</code>") == 1);
    for (const auto* anchor : {"id=\"r1-finding-1\"", "id=\"r1-finding-2\""}) CHECK(count(html, anchor) == 1);
    CHECK(count(report_on("version-skew", Format::Json), "\"id\": \"dependency-unmet\"") == 2);
}

TEST_CASE("an erased server key says whether this firmware needs it", "[report]") {
    for (const auto format : {Format::Text, Format::Markdown, Format::Html, Format::Json}) {
        CHECK(has(report_on("erased-server-key-0.6", format, 200), "erased; this Device OS needs it and has no other"));
        CHECK(has(report_on("erased-server-key-1.5", format, 200), "erased; this Device OS has the key built in and uses that"));
    }
}

TEST_CASE("a handshake that the device never gets to, or that a bad file shows, only would succeed", "[report]") {
    const auto short_report = [](const std::string& name) { return report_on(name, Format::Text, 100, false, ReportStyle::Extent::Short); };
    CHECK(has(short_report("interrupted-update-new-bootloader"), "would succeed once the device starts"));
    CHECK(has(short_report("two-reads-in-one-file"), "would succeed if this file is right"));
    CHECK(has(report_on("two-reads-in-one-file", Format::Markdown), "Cloud handshake (if this file is right)"));
    for (const auto* starts : {"healthy-1.5.2", "part2-bit-error"}) {
        const auto text = short_report(starts);
        INFO(text);
        CHECK(has(text, " succeeds\n"));
        CHECK_FALSE(has(text, "would succeed"));
    }
}

TEST_CASE("no line of any story's text report is too long, ends in blanks or begins a sentence small", "[report]") {
    for (const auto& story : stories())
        for (const unsigned width : {40u, 60u, 80u, 200u}) {
            const auto text = report_on(story.name, Format::Text, width, width != 200);
            INFO(story.name << " at " << width << "\n" << text);
            CHECK_FALSE(has(text, " \n"));
            CHECK_FALSE(has(text, " of user application"));
            CHECK_FALSE(has(text, "of bootloader "));
            CHECK_FALSE(has(text, "the system part"));
            for (std::size_t at = 0; at < text.size();) {
                const auto end = std::min(text.find('\n', at), text.size());
                const auto line = text.substr(at, end - at);
                const bool command =
                    has(line, "dfu-util -") || has(line, "photopsy ") || has(line, "particle ") || has(line, "tar xzf ") || has(line, "npm pack ");
                const bool fingerprint = line.size() == 66 && line.find_first_not_of("0123456789abcdef", 2) == std::string::npos;  // in one piece
                if (!command && !fingerprint) CHECK(columns(line) <= width);
                at = end + 1;
            }
        }
}

TEST_CASE("the Markdown of every labelled dump keeps to the forum's limits", "[report]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("no shared material: Markdown of the labelled dumps not checked");
        return;
    }
    std::size_t longest = 0;
    for (const auto& [path, bytes] : dumps) {
        const auto& layout = layout_for(bytes);
        std::vector<Analysis> one;
        one.push_back(analyze(recognize(bytes, path.substr(path.rfind('/') + 1), "", layout), layout));
        const auto markdown = render(one, Format::Markdown, {});
        const auto outside = prose(markdown);
        INFO(path << "\n" << outside);
        CHECK(columns(markdown) <= 15000);
        CHECK(columns(markdown) >= 1000);
        CHECK(count(outside, "](") + count(outside, "://") + count(outside, "www.") <= 2);
        for (const auto* sign : {"@", "\u201c", "\u201d", "\u2018", "\u2019", "\u2026", "\u2013", "\u2014", "...", "(c)", "(r)", "(tm)"})
            CHECK_FALSE(has(outside, sign));
        for (auto at = outside.find("--"); at != std::string::npos; at = outside.find("--", at + 1)) {
            const bool rule = outside.compare(at, 3, "---") == 0 || (at > 0 && outside[at - 1] == '-');
            CHECK((rule || outside[at - 1] == '\\'));
        }
        CHECK(count(markdown, "\n<details>\n") == count(markdown, "\n</details>\n"));
        const auto head = markdown.substr(0, markdown.find("<details>"));
        for (const auto* first : {"## photopsy: ", "Made by photopsy"}) CHECK(has(head, first));
        for (const auto& named : one.front().diagnosis.causes) CHECK(has(markdown, named.cause->id));
        longest = std::max<std::size_t>(longest, columns(markdown));
    }
    CHECK(longest > 5000);
}
