#include "proxy/admin/token_file.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/base/base64url.hpp"

#include <fmt/core.h>

#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace millrace::admin {

namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t token_length_min = 16;
constexpr std::size_t token_length_max = 4'096;
constexpr ::mode_t group_and_others = 077;

class descriptor {
 public:
    explicit descriptor(int fd) noexcept : fd_{fd} {}

    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    ~descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }

    [[nodiscard]] int get() const noexcept { return fd_; }

 private:
    int fd_;
};

std::string text_of(int error_number) {
    return std::system_category().message(error_number);
}

std::string environment(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this process changes the environment.
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// A directory that another user made first, or may write to, would show them the token.
std::string directory_fault(const std::string& directory) {
    struct ::stat found {};

    if (::lstat(directory.c_str(), &found) != 0) {
        return fmt::format("{}: {}", directory, text_of(errno));
    }
    bool const ours = S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
    if (!ours || (found.st_mode & 022) != 0) {
        return fmt::format("{}: is not a directory that only this user may write to", directory);
    }
    return {};
}

std::string file_fault(const std::string& path, const struct ::stat& found) {
    if (!S_ISREG(found.st_mode)) {
        return fmt::format("{}: is not a plain file", path);
    }
    if (found.st_uid != ::geteuid() && found.st_uid != 0) {
        return fmt::format("{}: belongs to another user", path);
    }
    if ((found.st_mode & group_and_others) != 0) {
        return fmt::format("{}: can be read by others; set its mode with 'chmod 600'", path);
    }
    return {};
}

std::string fresh_token() {
    std::array<unsigned char, token_bytes> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<::ssize_t>(random.size())) {
        return {};
    }
    std::string text(base64url::encoded_size(random.size()), '\0');
    base64url::encode_to(text.data(), random);
    return text;
}

// Writes a whole file beside `path` and links it there, so that nobody reads half a token and of
// two processes that start together one wins and the other reads. Returns 0 or errno.
int write_new(const std::string& path, std::string_view content) {
    auto const beside = fmt::format("{}.{}", path, ::getpid());
    ::unlink(beside.c_str());
    int result = 0;
    {
        descriptor const file{
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (!file.open()) {
            return errno;
        }
        auto const written = ::write(file.get(), content.data(), content.size());
        if (written != static_cast<::ssize_t>(content.size())) {
            result = written < 0 ? errno : ENOSPC;
        }
    }
    if (result == 0 && ::link(beside.c_str(), path.c_str()) != 0 && errno != EEXIST) {
        result = errno;
    }
    ::unlink(beside.c_str());
    return result;
}

}  // namespace

std::string token_path(const params& params, std::uint16_t port) {
    if (!params.token_file.empty()) {
        return params.token_file;
    }
    auto const runtime = environment("XDG_RUNTIME_DIR");
    auto const directory =
        runtime.empty() ? fmt::format("/tmp/millrace-{}", ::geteuid()) : runtime + "/millrace";
    if (!params.unix_path.empty()) {
        auto const stem = std::filesystem::path{params.unix_path}.stem().string();
        return fmt::format("{}/admin-{}.token", directory, stem);
    }
    return fmt::format("{}/admin-{}.token", directory, port);
}

token read_token(const std::string& path) {
    descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.open()) {
        return {{}, fmt::format("{}: {}", path, text_of(errno))};
    }

    struct ::stat found {};

    if (::fstat(file.get(), &found) != 0) {
        return {{}, fmt::format("{}: {}", path, text_of(errno))};
    }
    auto fault = file_fault(path, found);
    if (!fault.empty()) {
        return {{}, std::move(fault)};
    }
    std::string text(token_length_max, '\0');
    auto const length = ::read(file.get(), text.data(), text.size());
    if (length < 0) {
        return {{}, fmt::format("{}: {}", path, text_of(errno))};
    }
    text.resize(static_cast<std::size_t>(length));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
        text.pop_back();
    }
    bool const visible =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (text.size() < token_length_min || !visible) {
        return {
            {},
            fmt::format(
                "{}: a token is one line of at least {} visible characters", path, token_length_min
            )};
    }
    return {std::move(text), {}};
}

std::string make_parent_directories(const std::string& path) {
    auto const parent = std::filesystem::path{path}.parent_path();
    std::filesystem::path made;
    for (const auto& part : parent) {
        made /= part;
        // Not create_directories(): that makes them with the umask's mode first.
        if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) {
            auto const error = errno;

            struct ::stat found {};

            if (::stat(made.c_str(), &found) != 0) {
                return fmt::format("{}: {}", made.string(), text_of(error));
            }
        }
    }
    return {};
}

token read_or_make_token(const std::string& path) {
    if (auto error = make_parent_directories(path); !error.empty()) {
        return {{}, std::move(error)};
    }
    auto const directory = std::filesystem::path{path}.parent_path();
    if (directory.filename().string().starts_with("millrace")) {
        if (auto fault = directory_fault(directory.string()); !fault.empty()) {
            return {{}, std::move(fault)};
        }
    }

    struct ::stat found {};

    if (::stat(path.c_str(), &found) != 0 && errno == ENOENT) {
        auto const made = fresh_token();
        if (made.empty()) {
            return {{}, "the system gives no random bytes"};
        }
        if (int const error = write_new(path, made + "\n"); error != 0) {
            return {{}, fmt::format("{}: {}", path, text_of(error))};
        }
    }
    return read_token(path);
}

}  // namespace millrace::admin
