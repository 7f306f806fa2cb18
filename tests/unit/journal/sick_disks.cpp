// Disks that are full or cannot be written, by the kernel's own word.
#include "proxy/journal/reader.hpp"
#include "proxy/journal/rollback_marks.hpp"
#include "proxy/journal/writer.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <future>
#include <memory>
#include <sched.h>
#include <system_error>
#include <unistd.h>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

const rollback_mark sample_mark{"risk", {1}, "v2", 5};

/// No file of this process may be longer; writes beyond it fail as on a full disk.
class file_size_limit {
 public:
    explicit file_size_limit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        rlimit const limited{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }

    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;

    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        (void)std::signal(SIGXFSZ, handler_);
    }

 private:
    rlimit before_{};
    void (*handler_)(int);
};

void write_file(const char* path, const std::string& text) {
    int const file = ::open(path, O_WRONLY);
    (void)!::write(file, text.data(), text.size());
    ::close(file);
}

/// A disk of one megabyte at `directory` that only this process sees. False: not permitted.
bool mount_small_disk(const std::string& directory) {
    auto const user = ::geteuid();
    auto const group = ::getegid();
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
            return false;
        }
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", fmt::format("0 {} 1", user));
        write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("millrace", directory.c_str(), "tmpfs", 0, "size=1m") == 0;
}

/// What went wrong in a process that has no test runner.
struct findings {
    std::string text;

    void expect(bool holds, const std::string& what) {
        if (!holds) {
            text += what + "; ";
        }
    }
};

/// Runs `work` in a process that has a small disk of its own. Its findings; "skipped" when the
/// system does not permit it.
std::string on_small_disk(const std::function<void(const std::string&, findings&)>& work) {
    scratch_directory const directory;
    int told[2];
    REQUIRE(::pipe(told) == 0);
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        findings found{"skipped"};
        if (mount_small_disk(directory.path)) {
            found.text.clear();
            work(directory.path, found);
        }
        (void)!::write(told[1], found.text.data(), found.text.size());
        ::_exit(0);
    }
    ::close(told[1]);
    std::string text;
    char part[256];
    for (ssize_t size = 0; (size = ::read(told[0], part, sizeof part)) > 0;) {
        text.append(part, static_cast<std::size_t>(size));
    }
    ::close(told[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    if (text == "skipped") {
        WARN("skipped: this system lets no process mount a disk of its own");
        text.clear();
    }
    return text;
}

void fill(const std::string& path) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    std::string const block(1024, 'f');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
}

std::string commit(writer& to, const batch& written) {
    // Shared with the thread that tells, which may still be at it.
    auto const told = std::make_shared<std::promise<std::string>>();
    bool const taken =
        to.commit(written, [told](std::string error) { told->set_value(std::move(error)); });
    return taken ? told->get_future().get() : "refused";
}

void check_full_disk(const std::string& directory, findings& found) {
    std::string error;
    {
        auto const marks = rollback_marks::open(directory, error);
        auto store = state_store::open(directory, error);
        found.expect(marks && store, error);
        writer tested{std::move(store), {}};
        found.expect(commit(tested, numbered_batch(1)).empty(), "there was room");
        fill(directory + "/filler");

        auto const failed = commit(tested, numbered_batch(2));
        found.expect(failed.find("full") != std::string::npos, "told '" + failed + "'");
        found.expect(!commit(tested, numbered_batch(2)).empty(), "tried again, still full");
        found.expect(tested.last_error() == failed, "the error is shown");
        found.expect(
            reader::open(directory, error)->route_states(error) == numbered_batch(1).states,
            "half a batch is there"
        );
        found.expect(marks->mark(sample_mark).empty(), "a mark needs no room");

        std::filesystem::remove(directory + "/filler");
        found.expect(commit(tested, numbered_batch(3)).empty(), "there is room again");
    }
    auto const store = state_store::open(directory, error);
    found.expect(store && store->load(error) == numbered_batch(3).states, "the last one is there");
    found.expect(
        rollback_marks::read(directory, error).marks == std::vector{sample_mark}, "marked"
    );
    fill(directory + "/filler");
    found.expect(rollback_marks::open(directory, error) != nullptr, "the marks open: " + error);
}

void check_read_only_disk(const std::string& directory, findings& found) {
    std::string error;
    {
        auto const marks = rollback_marks::open(directory, error);
        auto const store = state_store::open(directory, error);
        found.expect(marks && marks->mark(sample_mark).empty(), "marked");
        found.expect(store && store->write(numbered_batch(1)).empty(), "written");
    }
    ::mount("millrace", directory.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m");

    found.expect(!state_store::open(directory, error), "no store without writing");
    found.expect(error.find("Read-only") != std::string::npos, "told '" + error + "'");
    found.expect(!rollback_marks::open(directory, error), "no marks without writing");
    found.expect(error.find("Read-only") != std::string::npos, "told '" + error + "'");
    auto const reading = reader::open(directory, error);
    found.expect(
        reading && reading->route_states(error) == numbered_batch(1).states &&
            reading->open_rollouts(error) == numbered_batch(1).rollouts,
        "readable: " + error
    );
    found.expect(
        rollback_marks::read(directory, error).marks == std::vector{sample_mark}, "marks readable"
    );
}

}  // namespace

TEST_CASE("a disk that is full fails whole batches until there is room", "[journal]") {
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    REQUIRE(store->write(numbered_batch(1)).empty());
    auto large = numbered_batch(2);
    large.inputs.front().data = std::string(500'000, 'x');
    std::string failed;
    std::string small_failed;
    {
        file_size_limit const limit{200'000};
        failed = store->write(large);
        small_failed = store->write(numbered_batch(3));
    }
    std::string error;

    CHECK_THAT(failed, Catch::Contains("File too large"));
    CHECK(small_failed.empty());  // it had room
    CHECK(store->load(error) == numbered_batch(3).states);
    CHECK(store->next_sequence({1}, error) == 4);
    CHECK(store->write(large).empty());
    CHECK(store->load(error) == large.states);
}

TEST_CASE("a mark that the disk does not take is said, and can be tried again", "[journal]") {
    scratch_directory const directory;
    std::string error;
    auto const marks = rollback_marks::open(directory.path, error);
    REQUIRE(marks);
    std::string failed;
    std::string half;
    {
        file_size_limit const limit{0};
        failed = marks->mark(sample_mark);
    }
    {
        file_size_limit const limit{2048};
        half = marks->mark(sample_mark);
    }

    CHECK_THAT(failed, Catch::Contains("File too large"));
    CHECK_THAT(half, Catch::Contains("only a part"));
    CHECK(marks->waiting() == 0);
    CHECK(rollback_marks::read(directory.path, error).torn == 1);
    CHECK(marks->mark(sample_mark).empty());
    CHECK(rollback_marks::read(directory.path, error).marks == std::vector{sample_mark});
}

TEST_CASE("marks that cannot be allocated leave no file behind that looks made", "[journal]") {
    scratch_directory const directory;
    std::string error;
    std::unique_ptr<rollback_marks> marks;
    {
        file_size_limit const limit{10'000};
        marks = rollback_marks::open(directory.path, error);
    }

    CHECK_FALSE(marks);
    CHECK_THAT(error, Catch::Contains("rollback.marks"));
    CHECK_FALSE(std::filesystem::exists(directory.file("rollback.marks")));
    CHECK(rollback_marks::open(directory.path, error));
}

TEST_CASE("on a full disk batches fail and rollbacks are marked", "[journal]") {
    CHECK(on_small_disk(check_full_disk).empty());
}

TEST_CASE("a disk that cannot be written is said, and can be read", "[journal]") {
    CHECK(on_small_disk(check_read_only_disk).empty());
}
