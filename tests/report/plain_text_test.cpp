#include "report/plain_text.h"

#include "report/markdown_words.h"
#include "report/wrap.h"

#include "catch.h"

using namespace photopsy;

TEST_CASE("text of a stranger is made harmless", "[report]") {
    CHECK(without_control_characters("a\033[31mb\nc\td\x7f") == "a?[31mb c d?");
    CHECK(without_control_characters("\xc2\x9b"
                                     "31m") == "?31m");  // C1: CSI
    CHECK(without_control_characters("\xe2\x80\xae"
                                     "abc\xef\xbb\xbf") == "?abc?");  // right-to-left override, byte order mark
    CHECK(without_control_characters("\xc0\xaf\xed\xa0\x80\xf5\x80\xff\xe2\x82") == "??????????");
    CHECK(without_control_characters("dump \xc3\xa4 \xe2\x82\xac.bin") == "dump \xc3\xa4 \xe2\x82\xac.bin");
    CHECK(in_ascii("a \xe2\x86\x92 b \xe2\x80\xa6 \xc3\xa4") == "a -> b ... ?");
    CHECK(columns("\xc3\xa4x") == 2);
}

TEST_CASE("lines break at the width", "[report]") {
    CHECK(wrapped("aa bb cc", 5) == std::vector<std::string>{"aa bb", "cc"});
    CHECK(wrapped("abcdefgh ij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
    CHECK(wrapped("", 5).size() == 1);
    CHECK(wrapped("aa bb cc", 8, "- ", "  ") == "- aa bb\n  cc\n");
}

TEST_CASE("words that a forum would change stand in code or are escaped", "[report]") {
    CHECK(in_markdown("see device.spark.io now") == "see `device.spark.io` now");
    CHECK(in_markdown("at 0x08004000: x") == "at `0x08004000`: x");
    CHECK(in_markdown("ask @Internal Flash") == "ask `@Internal` Flash");
    CHECK(in_markdown("a_b (c) x--y") == "`a_b` \\(c) x\\--y");
    CHECK(in_markdown("version 2.3.1 of 0.7.0-rc.1.") == "version 2.3.1 of 0.7.0-rc.1.");
    CHECK(in_markdown("<b> [x](y) *z*") == "\\<b\\> \\[x\\](y) \\*z\\*");
    CHECK(in_markdown("`` code") == "\\`\\` code");
    CHECK(table_row({"a|b", "c\\|d"}) == "| a\\|b | c\\|d |\n");
    // What stands in a fence or a span is typed off: `'a`;x;`b'` with other quotes would be three commands.
    CHECK(fenced({"plain"}) == "```text\nplain\n```\n");
    CHECK(fenced({"a`b"}) == "```text\na`b\n```\n");
    CHECK(fenced({"a```b", "````"}) == "`````text\na```b\n````\n`````\n");
    CHECK(code_span("a") == "`a`");
    CHECK(code_span("a`;x;``b`") == "``` a`;x;``b` ```");
}
