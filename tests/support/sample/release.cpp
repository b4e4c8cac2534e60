#include "support/sample/release.h"

#include <array>

namespace photopsy::sample {

static constexpr std::array releases{Release{"0.4.0", 1, 2, 2, 0, 0},
                                     Release{"0.4.2", 2, 2, 3, 0, 0},
                                     Release{"0.4.3", 3, 2, 3, 0, 0},
                                     Release{"0.4.4", 5, 3, 3, 0, 0},
                                     Release{"0.4.5", 6, 3, 4, 0, 0},
                                     Release{"0.4.6", 7, 3, 4, 0, 0},
                                     Release{"0.4.7", 8, 3, 4, 0, 0},
                                     Release{"0.4.9", 11, 3, 7, 0, 0},
                                     Release{"0.5.3", 21, 4, 7, 0, 0},
                                     Release{"0.6.0", 102, 4, 7, 0, 0},
                                     Release{"0.6.1", 105, 4, 11, 0, 0},
                                     Release{"0.6.2", 108, 4, 11, 0, 0},
                                     Release{"0.6.3", 109, 4, 11, 0, 0},
                                     Release{"0.7.0-rc.1", 200, 4, 100, 100, 0},
                                     Release{"0.7.0", 207, 5, 101, 101, 0},
                                     Release{"0.8.0-rc.1", 300, 5, 200, 101, 204},
                                     Release{"1.0.1", 1002, 5, 201, 201, 204},
                                     Release{"1.1.0", 1102, 6, 301, 201, 204},
                                     Release{"1.2.1", 1213, 6, 311, 311, 204},
                                     Release{"1.3.1", 1321, 6, 401, 400, 204},
                                     Release{"1.4.0", 1401, 6, 500, 400, 204},
                                     Release{"1.4.4", 1406, 6, 501, 400, 207},
                                     Release{"1.5.0", 1502, 6, 501, 400, 207},
                                     Release{"1.5.2", 1512, 6, 502, 400, 207},
                                     Release{"2.0.0", 2008, 6, 1003, 1003, 207},
                                     Release{"2.0.1", 2011, 6, 1005, 1003, 207},
                                     Release{"2.1.0", 2101, 6, 1005, 1003, 207},
                                     Release{"2.2.0", 2202, 6, 1006, 1003, 207},
                                     Release{"2.3.1", 2302, 6, 1006, 1003, 207},
                                     Release{"3.0.0", 3005, 6, 1005, 1003, 207},
                                     Release{"3.1.0", 3103, 6, 1100, 1003, 207},
                                     Release{"3.3.1", 3302, 6, 1100, 1003, 207}};

const Release* find_release(std::string_view name) {
    for (const auto& release : releases)
        if (release.name == name) return &release;
    return nullptr;
}

}  // namespace photopsy::sample
