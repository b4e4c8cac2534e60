// What each flag of a release build guards stands here once: an array on the stack, a copy of checked size, an index into a vector.
#include <cstdio>
#include <cstring>
#include <vector>

int main(int argc, char** argv) {
    char name[64];
    std::strcpy(name, argv[0] + (argc > 99));
    const std::vector<int> numbers(static_cast<std::size_t>(argc), 1);
    std::printf("%s %d\n", name, numbers[static_cast<std::size_t>(argc) - 1]);
}
