#include "proxy/journal/label_writer.hpp"

#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

std::vector<label_row> rows(std::size_t count, std::int64_t received = 10) {
    label_row row;
    row.received = received;
    return std::vector<label_row>(count, row);
}

struct fixture {
    scratch_directory directory;
    std::unique_ptr<state_store> state = open_store(directory.path);
    std::string error;

    std::unique_ptr<label_store> open() {
        auto opened = label_store::open(directory.path, state->turn(), error);
        INFO(error);
        REQUIRE(opened);
        return opened;
    }

    std::size_t written() {
        std::size_t count = 0;
        CHECK(open()->read(0, [&count](const label_row&) { ++count; }).empty());
        return count;
    }
};

std::string commit(label_writer& to, std::size_t count) {
    auto const told = std::make_shared<std::promise<std::string>>();
    REQUIRE(to.commit(rows(count), [told](const std::string& error) { told->set_value(error); }));
    return told->get_future().get();
}

}  // namespace

TEST_CASE("what is told to be written is in the file", "[journal]") {
    fixture f;
    label_writer tested{f.open(), 100};

    CHECK(commit(tested, 3).empty());
    CHECK(f.written() == 3);
    CHECK(commit(tested, 2).empty());
    CHECK(f.written() == 5);
    CHECK(tested.groups() == 2);
}

TEST_CASE("what waits while another writes goes out together", "[journal]") {
    fixture f;
    std::atomic<int> told{0};
    std::uint64_t groups = 0;
    {
        label_writer tested{f.open(), 100};
        auto const turn = f.state->turn();
        turn->lock();
        for (int i = 0; i < 20; ++i) {
            REQUIRE(tested.commit(rows(1), [&told](const std::string& error) {
                CHECK(error.empty());
                ++told;
            }));
        }
        turn->unlock();
        CHECK(commit(tested, 1).empty());
        groups = tested.groups();
    }
    CHECK(told == 20);
    CHECK(groups <= 3);
    CHECK(f.written() == 21);
}

TEST_CASE("more than may wait is refused, and nothing of it kept", "[journal]") {
    fixture f;
    label_writer tested{f.open(), 10};
    auto const turn = f.state->turn();
    turn->lock();
    auto const told = std::make_shared<std::promise<void>>();
    REQUIRE(tested.commit(rows(6), [told](const std::string&) { told->set_value(); }));
    CHECK_FALSE(tested.commit(rows(6), [](const std::string&) { FAIL("it was refused"); }));
    turn->unlock();
    told->get_future().wait();

    CHECK(f.written() == 6);
}

TEST_CASE("a failure is told, and the next group is tried all the same", "[journal]") {
    fixture f;
    label_writer tested{f.open(), 100};
    auto const beside =
        open_connection(f.directory.file("millrace.db"), file_access::read_write, f.error);
    REQUIRE(run(beside.get(), "ALTER TABLE labels RENAME TO hidden").empty());
    CHECK_THAT(commit(tested, 1), Catch::Contains("no such table"));

    REQUIRE(run(beside.get(), "ALTER TABLE hidden RENAME TO labels").empty());

    CHECK(commit(tested, 1).empty());
    CHECK(f.written() == 1);
}

TEST_CASE("what was taken is written before the end", "[journal]") {
    fixture f;
    {
        label_writer tested{f.open(), 100};
        REQUIRE(tested.commit(rows(4), [](const std::string&) {}));
    }
    CHECK(f.written() == 4);
}

TEST_CASE("old labels leave the file", "[journal]") {
    fixture f;
    CHECK(f.open()->write(rows(10, 5)).empty());
    label_writer tested{f.open(), 100};
    tested.keep_since(6);

    // It looks after each group, and at least every few seconds.
    auto const deadline = millrace::clock::now() + std::chrono::seconds{30};
    while (f.written() > 1 && millrace::clock::now() < deadline) {
        std::this_thread::yield();
    }
    CHECK(f.written() == 0);
}
