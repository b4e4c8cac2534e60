// What the table of released blocks costs: bytes in the binary, and nothing where nothing is damaged.
#include "facts/block_table.h"
#include "catch.h"
#include "facts/facts.h"
#include "support/story.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace photopsy {
extern const std::string_view embedded_blocks;
}

using namespace photopsy;
using namespace photopsy::test;

namespace {

const Story& story(std::string_view name) {
    return *std::find_if(stories().begin(), stories().end(), [&](const Story& each) { return each.name == name; });
}

/// Collects the facts of a dump in a child process in which no byte of the table can be read. True where the child came through.
bool does_without_table(const Story& story) {
    const auto capture = recognize(story.sample.file, "dump.bin", "", *builtin_layout("photon"));
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto first = (reinterpret_cast<std::uintptr_t>(embedded_blocks.data()) + page - 1) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(embedded_blocks.data() + embedded_blocks.size()) / page * page;
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGSEGV, SIG_DFL);
        ::signal(SIGBUS, SIG_DFL);
        ::close(STDOUT_FILENO);
        ::close(STDERR_FILENO);
        if (::mprotect(reinterpret_cast<void*>(first), end - first, PROT_NONE) != 0) ::_exit(9);
        const auto facts = collect_facts(capture, *builtin_layout("photon"));
        ::_exit(facts.modules.empty() ? 8 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("The block table is small, and is not touched where no module is damaged", "[blocks]") {
    CHECK(embedded_blocks.size() > 100'000);
    CHECK(embedded_blocks.size() <= 200 * 1024);
    for (const auto* name : {"healthy-0.6.3", "healthy-2.3.1", "mixed-key", "pending-update"}) {
        INFO(name);
        CHECK(does_without_table(story(name)));
    }
    CHECK_FALSE(does_without_table(story("part2-bit-error")));  // so that the proof is one
}
