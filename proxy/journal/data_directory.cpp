#include "proxy/journal/data_directory.hpp"

#include <sys/file.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace millrace::journal {

namespace {

std::string text_of(int error) {
    return std::generic_category().message(error);
}

/// Makes the directory; an error text, or empty.
std::string make(const std::filesystem::path& path) {
    std::error_code failed;
    if (!std::filesystem::create_directories(path, failed)) {
        return failed ? failed.message() : std::string{};
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
    // Each directory above may be new too. One that cannot be opened was not made by us.
    for (auto made = std::filesystem::absolute(path); made.has_relative_path();
         made = made.parent_path()) {
        (void)sync_directory(made.parent_path());
    }
    return failed ? failed.message() : std::string{};
}

}  // namespace

std::unique_ptr<data_directory> data_directory::open(const std::string& path, std::string& error) {
    error = make(path);
    if (!error.empty()) {
        return nullptr;
    }
    auto const name = path + "/millrace.lock";
    int const lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        error = text_of(errno);
        return nullptr;
    }
    std::unique_ptr<data_directory> opened{new data_directory{lock}};
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        error = errno == EWOULDBLOCK ? "it is locked by another gateway" : text_of(errno);
        return nullptr;
    }
    return opened;
}

bool data_directory::is_in_use(const std::string& path) {
    // Reading is enough for a lock, and possible where nothing can be written.
    int const lock = ::open((path + "/millrace.lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) {
        return false;
    }
    bool const in_use = ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(lock);
    return in_use;
}

data_directory::~data_directory() {
    ::close(lock_);
}

std::string sync_directory(const std::string& path) {
    int const directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        return text_of(errno);
    }
    std::string error = ::fsync(directory) == 0 ? std::string{} : text_of(errno);
    ::close(directory);
    return error;
}

}  // namespace millrace::journal
