#include "proxy/server/access_log.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace millrace::server;  // NOLINT(google-build-using-namespace): every line here needs it
namespace fs = std::filesystem;

namespace {

/// A directory that goes with its test.
class temporary_directory {
 public:
    temporary_directory() {
        auto pattern = (fs::temp_directory_path() / "millrace-access-log-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ~temporary_directory() { fs::remove_all(path_); }

    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
    fs::path path_;
};

std::string content_of(const std::string& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::unique_ptr<access_log> open(const std::string& path, unsigned workers, std::uint32_t lines) {
    auto opened = access_log::open({.path = path, .queue_lines_max = lines}, workers);
    REQUIRE(opened.has_value());
    return std::move(opened).value();
}

}  // namespace

TEST_CASE("lines leave a queue in the order in which they came", "[server][access_log]") {
    log_queue queue{3};
    std::string line;
    CHECK_FALSE(queue.pop(line));

    for (int round = 0; round < 10; ++round) {
        CHECK(queue.push("a"));
        CHECK(queue.push("b"));
        REQUIRE(queue.pop(line));
        CHECK(line == "a");
        REQUIRE(queue.pop(line));
        CHECK(line == "b");
        CHECK_FALSE(queue.pop(line));
    }
}

TEST_CASE("a full queue drops what comes and keeps what it has", "[server][access_log]") {
    log_queue queue{2};
    REQUIRE(queue.push("a"));
    REQUIRE(queue.push("b"));

    CHECK_FALSE(queue.push("c"));

    std::string line;
    REQUIRE(queue.pop(line));
    CHECK(line == "a");
    CHECK(queue.push("d"));
    REQUIRE(queue.pop(line));
    CHECK(line == "b");
    REQUIRE(queue.pop(line));
    CHECK(line == "d");
}

TEST_CASE("a queue between two threads loses and reorders nothing", "[server][access_log]") {
    constexpr int lines = 50'000;
    log_queue queue{16};
    std::thread producer{[&queue] {
        for (int i = 0; i < lines; ++i) {
            while (!queue.push(std::to_string(i))) {
                std::this_thread::yield();
            }
        }
    }};

    int wrong = 0;
    for (int i = 0; i < lines; ++i) {
        std::string line;
        while (!queue.pop(line)) {
            std::this_thread::yield();
        }
        wrong += line != std::to_string(i) ? 1 : 0;
    }
    producer.join();

    CHECK(wrong == 0);
}

TEST_CASE("what was queued is in the file when the log ends", "[server][access_log]") {
    temporary_directory const directory;
    auto const path = directory.file("access.log");
    {
        auto const log = open(path, 2, 100);
        CHECK(log->queue(0).push("one\n"));
        CHECK(log->queue(0).push("two\n"));
        CHECK(log->queue(1).push("other\n"));
    }

    auto const text = content_of(path);
    CHECK(text.size() == std::string_view{"one\ntwo\nother\n"}.size());
    CHECK(text.find("one\ntwo\n") != std::string::npos);
    CHECK(text.find("other\n") != std::string::npos);
}

TEST_CASE("the log appends to what is there", "[server][access_log]") {
    temporary_directory const directory;
    auto const path = directory.file("access.log");
    std::ofstream{path} << "before\n";
    {
        auto const log = open(path, 1, 10);
        CHECK(log->queue(0).push("after\n"));
    }

    CHECK(content_of(path) == "before\nafter\n");
}

TEST_CASE("more lines than one write takes are all written", "[server][access_log]") {
    temporary_directory const directory;
    auto const path = directory.file("access.log");
    std::string const line(1'000, 'x');
    {
        auto const log = open(path, 1, 1'000);
        for (int i = 0; i < 1'000; ++i) {
            CHECK(log->queue(0).push(line + "\n"));
        }
    }

    CHECK(fs::file_size(path) == 1'001'000);
}

TEST_CASE("a log that cannot be opened is an error", "[server][access_log]") {
    temporary_directory const directory;

    auto const opened = access_log::open({.path = directory.file("no/such/directory")}, 1);

    CHECK_FALSE(opened.has_value());
}

TEST_CASE("after a rotation lines go to a new file", "[server][access_log]") {
    temporary_directory const directory;
    auto const path = directory.file("access.log");
    auto const rotated = directory.file("access.log.1");
    {
        auto const log = open(path, 1, 10);
        fs::rename(path, rotated);
        log->reopen();
        auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!fs::exists(path) && std::chrono::steady_clock::now() < patience) {
            std::this_thread::yield();
        }
        CHECK(log->queue(0).push("new\n"));
    }

    CHECK(content_of(path) == "new\n");
    CHECK(content_of(rotated).empty());
}

TEST_CASE("a rotation that fails keeps the old file", "[server][access_log]") {
    temporary_directory const directory;
    fs::create_directory(directory.file("logs"));
    auto const path = directory.file("logs/access.log");
    auto const moved = directory.file("moved");
    {
        auto const log = open(path, 1, 10);
        fs::rename(directory.file("logs"), moved);
        log->reopen();
        CHECK(log->queue(0).push("kept\n"));
    }

    CHECK(content_of(moved + "/access.log") == "kept\n");
}
