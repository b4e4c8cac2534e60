#include "report/bundle.h"

#include <archive.h>
#include <archive_entry.h>

#include <ctime>
#include <memory>

namespace photopsy {

namespace {

using Archive = std::unique_ptr<archive, int (*)(archive*)>;
using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

la_ssize_t append(archive*, void* target, const void* bytes, std::size_t size) {
    static_cast<std::string*>(target)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

bool add(archive* zip, const BundleFile& file) {
    static constexpr std::time_t first_zip_time = 315532800;  // 1980-01-01, the earliest a ZIP can say
    const Entry entry(archive_entry_new(), archive_entry_free);
    if (!entry) return false;
    archive_entry_set_pathname(entry.get(), file.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), first_zip_time, 0);
    if (archive_write_header(zip, entry.get()) != ARCHIVE_OK) return false;
    return archive_write_data(zip, file.bytes.data(), file.bytes.size()) == static_cast<la_ssize_t>(file.bytes.size());
}

}  // namespace

Result<std::string> zip_of(const std::vector<BundleFile>& files) {
    std::string bytes;
    const Archive zip(archive_write_new(), archive_write_free);
    if (!zip) return Error{"cannot make the archive: out of memory"};
    archive_write_set_format_zip(zip.get());
    archive_write_set_bytes_in_last_block(zip.get(), 1);
    const auto failed = [&] {
        return Error{std::string("cannot make the archive: ") + (archive_error_string(zip.get()) ? archive_error_string(zip.get()) : "unknown reason")};
    };
    if (archive_write_open(zip.get(), &bytes, nullptr, append, nullptr) != ARCHIVE_OK) return failed();
    for (const auto& file : files)
        if (!add(zip.get(), file)) return failed();
    if (archive_write_close(zip.get()) != ARCHIVE_OK) return failed();
    return bytes;
}

}  // namespace photopsy
