// photopsy-make-sample RECIPE [-o FILE]: builds the dump that a recipe of samples/ describes. Without -o: to standard output. Of a device with two
// flashes the second one goes to FILE.external.
#include "support/sample/sample.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

static int fail(const std::string& sentence) {
    std::fprintf(stderr, "photopsy-make-sample: %s\n", sentence.c_str());
    return 2;
}

int main(int count, char** words) {
    if (count != 2 && (count != 4 || std::string(words[2]) != "-o")) return fail("usage: photopsy-make-sample samples/STORY/recipe.toml [-o dump.bin]");
    const std::string recipe = words[1], target = count == 4 ? words[3] : "-";
    std::ifstream file(recipe, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file) return fail(recipe + " cannot be read.");
    const auto sample = photopsy::sample::make_sample(text, recipe);
    if (!sample) return fail(sample.error().message);
    std::FILE* out = target == "-" ? stdout : std::fopen(target.c_str(), "wb");
    if (!out) return fail(target + " cannot be written.");
    if (!sample->external.empty() && target != "-") {
        std::ofstream second(target + ".external", std::ios::binary);
        second.write(reinterpret_cast<const char*>(sample->external.data()), static_cast<std::streamsize>(sample->external.size()));
        if (!second.flush()) return fail(target + ".external cannot be written.");
    }
    const bool written = std::fwrite(sample->file.data(), 1, sample->file.size(), out) == sample->file.size();
    return std::fclose(out) == 0 && written ? 0 : fail(target + " could not be written completely.");
}
