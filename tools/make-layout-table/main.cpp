// Turns a layout file into the table that photopsy is built with: make-layout-table LAYOUT.toml TABLE
#include "flash/layout_table.h"

#include <cstdio>
#include <fstream>
#include <iterator>

int main(int argc, char** argv) {
    if (argc != 3) return std::fputs("usage: make-layout-table LAYOUT.toml TABLE\n", stderr), 2;
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto layout = photopsy::parse_layout(text, argv[1]);
    if (!layout) return std::fprintf(stderr, "%s\n", layout.error().message.c_str()), 1;
    std::ofstream table(argv[2], std::ios::binary);
    return table << photopsy::layout_table(*layout) << std::flush ? 0 : 1;
}
