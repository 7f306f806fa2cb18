#include "tests/unit/journal/faulty_disk.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <new>
#include <sqlite3.h>

namespace millrace::journal {

namespace {

constexpr std::size_t sector_bytes = 512;
constexpr const char* name = "faulty";

// C calls us without a word on whose file it is.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
faulty_disk* disk = nullptr;

/// A file of SQLite's, with the real one behind it in the same memory.
struct open_file {
    sqlite3_file base;
    sqlite3_file* real;
    const char* path;  // SQLite keeps it as long as the file is open; null for temporary files
};

open_file* ours(sqlite3_file* file) {
    return reinterpret_cast<open_file*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
    return ours(file)->real;
}

sqlite3_vfs* real_disk(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int do_close(sqlite3_file* file) {
    return real(file)->pMethods->xClose(real(file));
}

int do_read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
    return real(file)->pMethods->xRead(real(file), into, size, at);
}

int do_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    bool const fails = disk->fails_now();
    int const taken = fails ? size / 2 : size;
    disk->wrote(
        ours(file)->path,
        static_cast<std::size_t>(at),
        std::string{static_cast<const char*>(from), static_cast<std::size_t>(taken)}
    );
    int const code = real(file)->pMethods->xWrite(real(file), from, taken, at);
    return fails ? SQLITE_IOERR_WRITE : code;
}

int do_truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (disk->fails_now()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    disk->truncated(ours(file)->path, static_cast<std::size_t>(size));
    return real(file)->pMethods->xTruncate(real(file), size);
}

int do_sync(sqlite3_file* file, int /*flags*/) {
    if (disk->fails_now()) {
        return SQLITE_IOERR_FSYNC;
    }
    disk->synced(ours(file)->path);
    return SQLITE_OK;
}

int do_file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}

int do_lock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}

int do_unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}

int do_check_reserved_lock(sqlite3_file* file, int* result) {
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

int do_file_control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

int do_sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
}

int do_characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int do_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** mapped) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, mapped);
}

int do_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

void do_shm_barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}

int do_shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

constexpr sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_file_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_reserved_lock,
    .xFileControl = do_file_control,
    .xSectorSize = do_sector_size,
    .xDeviceCharacteristics = do_characteristics,
    .xShmMap = do_shm_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_shm_barrier,
    .xShmUnmap = do_shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

int do_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    auto* const opened = new (file) open_file{};
    opened->path = path;
    opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
    if (path != nullptr) {
        disk->opened(path);
    }
    int const code = real_disk(vfs)->xOpen(real_disk(vfs), path, opened->real, flags, flags_out);
    opened->base.pMethods = opened->real->pMethods == nullptr ? nullptr : &methods;
    return code;
}

int do_delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    if (disk->fails_now()) {
        return SQLITE_IOERR_DELETE;
    }
    disk->removed(path);
    return real_disk(vfs)->xDelete(real_disk(vfs), path, sync_directory);
}

sqlite3_vfs made_over(sqlite3_vfs* beneath) {
    auto made = *beneath;
    made.szOsFile = static_cast<int>(sizeof(open_file)) + beneath->szOsFile;
    made.pNext = nullptr;
    made.zName = name;
    made.pAppData = beneath;
    made.xOpen = do_open;
    made.xDelete = do_delete;
    return made;
}

/// What SQLite is told to use.
sqlite3_vfs& registered() {
    static sqlite3_vfs vfs = made_over(sqlite3_vfs_find("unix"));
    return vfs;
}

}  // namespace

faulty_disk::faulty_disk() {
    disk = this;
    sqlite3_vfs_register(&registered(), 1);
}

faulty_disk::~faulty_disk() {
    sqlite3_vfs_unregister(&registered());
    disk = nullptr;
}

void faulty_disk::fail(std::uint64_t from_now, std::uint64_t count) {
    fail_from_ = operations_ + from_now;
    fail_count_ = count;
}

bool faulty_disk::fails_now() {
    auto const now = operations_++;
    return now >= fail_from_ && now - fail_from_ < fail_count_;
}

void faulty_disk::opened(const std::string& path) {
    if (!files_.contains(path)) {
        files_[path].on_disk = content_of(path);
    }
}

void faulty_disk::wrote(const std::string& path, std::size_t at, std::string bytes) {
    files_[path].not_synced.push_back({at, std::move(bytes)});
}

void faulty_disk::truncated(const std::string& path, std::size_t size) {
    files_[path].not_synced.push_back({size, {}, true});
}

void faulty_disk::synced(const std::string& path) {
    ++syncs_;
    auto& file = files_[path];
    for (auto const& made : file.not_synced) {
        apply(file.on_disk, made);
    }
    file.not_synced.clear();
}

void faulty_disk::apply(std::string& content, const change& made) {
    if (made.truncates) {
        content.resize(std::min(content.size(), made.at));
        return;
    }
    content.resize(std::max(content.size(), made.at + made.bytes.size()), '\0');
    content.replace(made.at, made.bytes.size(), made.bytes);
}

void faulty_disk::lose_power(random_source& random) {
    for (auto& [path, file] : files_) {
        auto const kept_of_8 = random.below(9);  // of this file's sectors, on average
        for (auto const& made : file.not_synced) {
            if (made.truncates && random.below(8) < kept_of_8) {
                apply(file.on_disk, made);
            }
            for (std::size_t done = 0; done < made.bytes.size();) {
                auto const size = std::min(
                    sector_bytes - (made.at + done) % sector_bytes, made.bytes.size() - done
                );
                if (random.below(8) < kept_of_8) {
                    apply(file.on_disk, {made.at + done, made.bytes.substr(done, size)});
                }
                done += size;
            }
        }
        write_content(path, file.on_disk);
        std::filesystem::remove(path + "-shm");
    }
    files_.clear();
}

}  // namespace millrace::journal
