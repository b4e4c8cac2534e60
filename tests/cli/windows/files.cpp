// Files on Windows: who may read what photopsy keeps private, as the system itself tells it, and links. Compiled for Windows alone (tests/portable.cmake).
#include "cli/file_system.h"
#include "cli/windows_files.h"
#include "cli/writable_file.h"

#include "catch.h"

// After windows.h.
#include <aclapi.h>
#include <sddl.h>
#include <winioctl.h>
#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

using namespace photopsy;

/// The people and groups that the file's access list gives anything to.
static std::vector<std::wstring> who_may_use(const std::string& path) {
    PACL list = nullptr;
    PSECURITY_DESCRIPTOR all = nullptr;
    REQUIRE(::GetNamedSecurityInfoW(wide(path).c_str(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, &list, nullptr, &all) == ERROR_SUCCESS);
    REQUIRE(list != nullptr);  // no list: everybody may do everything
    std::vector<std::wstring> found;
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        REQUIRE(::GetAce(list, i, &entry));
        auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || allowed->Mask == 0) continue;
        wchar_t* name = nullptr;
        REQUIRE(::ConvertSidToStringSidW(&allowed->SidStart, &name));
        found.emplace_back(name);
        ::LocalFree(name);
    }
    ::LocalFree(all);
    return found;
}

/// S-1-1-0 everybody, S-1-5-32-545 all users of this computer, S-1-5-11 whoever is logged in.
static bool is_for_others(const std::wstring& who) { return who == L"S-1-1-0" || who == L"S-1-5-32-545" || who == L"S-1-5-11"; }

TEST_CASE("a file that is kept private is its owner's on Windows, by its access list", "[windows]") {
    const std::string key = "acl-test-Schl\xC3\xBCssel.der";
    remove_file(key);
    REQUIRE(write_new_file(key, "secret", 0600) == 0);
    const auto may = who_may_use(key);
    CHECK_FALSE(may.empty());
    for (const auto& who : may) CHECK_FALSE(is_for_others(who));
    CHECK(write_new_file(key, "another", 0600) == EEXIST);
    CHECK(remove_file(key) == 0);

    const std::string report = "acl-test-report.txt";
    remove_file(report);
    REQUIRE(write_new_file(report, "for everybody", 0666) == 0);
    const auto may_read = who_may_use(report);
    CHECK(std::any_of(may_read.begin(), may_read.end(), is_for_others));
    CHECK(remove_file(report) == 0);
}

TEST_CASE("a link on Windows is told as one, and nothing is written through it", "[windows]") {
    const std::string target = "link-test-target.txt", link = "link-test-link.txt";
    remove_file(link), remove_file(target);
    REQUIRE(write_new_file(target, "kept", 0666) == 0);
    constexpr DWORD without_rights = 2;  // SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE
    ::CreateSymbolicLinkW(wide(link).c_str(), wide(target).c_str(), without_rights);
    const DWORD attributes = ::GetFileAttributesW(wide(link).c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
        WARN("this system makes no symbolic links (wine before 9 does not): not tried");
        remove_file(target);
        return;
    }
    CHECK(kind_of(link) == PlaceKind::Link);
    CHECK(kind_at_end_of(link) == PlaceKind::File);
    CHECK(write_new_file(link, "through", 0666) == EEXIST);
    CHECK(WritableFile(link, WritableFile::As::Added, 0666).reason() == ELOOP);
    CHECK(ReadableFile(link, ReadableFile::Links::Refused).reason() == ELOOP);
    CHECK(size_of_file(target) == 4u);
    REQUIRE(write_new_file("link-test-new.txt", "takes its place", 0666) == 0);
    CHECK(rename_over("link-test-new.txt", link) == 0);
    CHECK(kind_of(link) == PlaceKind::File);
    CHECK(size_of_file(target) == 4u);
    remove_file(link), remove_file(target);
}

/// Makes `at` a junction (a mount point) that leads to the folder `target`, an absolute path; false where the system makes none.
static bool make_junction(const std::string& at, const std::wstring& target) {
    if (!::CreateDirectoryW(wide(at).c_str(), nullptr)) return false;
    // Microsoft's REPARSE_DATA_BUFFER in words of 16 bits: tag (2), length of what follows, reserved, then offset and length in bytes of the name that is gone
    // to and of the one that is shown, and both, each with a zero.
    const std::wstring name = L"\\??\\" + target;
    const auto bytes_of = [](const std::wstring& text) { return static_cast<WORD>(text.size() * sizeof(wchar_t)); };
    std::vector<WORD> words{0x0003, 0xA000, 0, 0, 0, bytes_of(name), static_cast<WORD>(bytes_of(name) + 2), bytes_of(target)};
    for (const auto* text : {&name, &target}) {
        words.insert(words.end(), text->begin(), text->end());
        words.push_back(0);
    }
    const auto size = static_cast<DWORD>(words.size() * sizeof(WORD));
    words[2] = static_cast<WORD>(size - 8);
    const Handle handle(
        ::CreateFileW(wide(at).c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    DWORD answered = 0;
    return handle.get() != INVALID_HANDLE_VALUE && ::DeviceIoControl(handle.get(), FSCTL_SET_REPARSE_POINT, words.data(), size, nullptr, 0, &answered, nullptr);
}

TEST_CASE("a junction on Windows is told as a link, and no file takes its place or lands behind it", "[windows]") {
    const std::string target = "junction-test-target", junction = "junction-test", moved = "junction-test-new.txt";
    ::RemoveDirectoryW(wide(junction).c_str()), ::RemoveDirectoryW(wide(target).c_str()), remove_file(moved);
    REQUIRE(::CreateDirectoryW(wide(target).c_str(), nullptr));
    wchar_t whole[MAX_PATH] = {};
    REQUIRE(::GetFullPathNameW(wide(target).c_str(), MAX_PATH, whole, nullptr) != 0);
    if (make_junction(junction, whole)) {
        CHECK(kind_of(junction) == PlaceKind::Link);
        CHECK(kind_at_end_of(junction) == PlaceKind::Folder);
        CHECK(write_new_file(junction, "through", 0666) == EEXIST);
        CHECK(WritableFile(junction, WritableFile::As::Added, 0666).reason() == ELOOP);
        CHECK(ReadableFile(junction, ReadableFile::Links::Refused).reason() == ELOOP);
        REQUIRE(write_new_file(moved, "takes no place of a folder", 0666) == 0);
        CHECK(rename_over(moved, junction) != 0);
        CHECK(kind_of(junction) == PlaceKind::Link);
        CHECK(kind_of(target + "\\" + moved) == PlaceKind::Nothing);
    } else {
        WARN("this system makes no junctions (wine 8 does not): not tried here; tests/delivery/windows_files.py tries what wine shows as one");
    }
    remove_file(moved);
    ::RemoveDirectoryW(wide(junction).c_str()), ::RemoveDirectoryW(wide(target).c_str());
}
