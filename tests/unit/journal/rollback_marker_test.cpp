#include "proxy/journal/rollback_marker.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

const rollback_mark sample{"risk", {1}, "v2", 5};

struct fixture {
    scratch_directory directory;
    std::string error;

    std::unique_ptr<rollback_marks> open() {
        auto opened = rollback_marks::open(directory.path, error);
        REQUIRE(opened);
        return opened;
    }

    std::vector<rollback_mark> left() { return rollback_marks::read(directory.path, error).marks; }
};

/// What was told, waited for. Shared with the thread that tells, which may still be at it.
struct answer {
    std::shared_ptr<std::promise<std::string>> told = std::make_shared<std::promise<std::string>>();

    [[nodiscard]] rollback_marker::done done() const {
        return [told = told](std::string error) { told->set_value(std::move(error)); };
    }

    [[nodiscard]] std::string get() const { return told->get_future().get(); }
};

}  // namespace

TEST_CASE("a mark is on disk when it is told", "[journal]") {
    fixture f;
    rollback_marker marker{f.open(), {}};
    answer const marked;

    REQUIRE(marker.mark(sample, marked.done()));

    CHECK(marked.get().empty());
    CHECK(f.left() == std::vector{sample});
    CHECK(marker.counted().marks == 1);
    CHECK(marker.counted().failures == 0);
}

TEST_CASE("clearing comes behind marking", "[journal]") {
    fixture f;
    {
        rollback_marker marker{f.open(), {}};
        REQUIRE(marker.mark(sample, {}));
        REQUIRE(marker.clear(sample.rollout, sample.candidate, {}));
    }
    CHECK(f.left().empty());
}

TEST_CASE("a mark that cannot be written is told and counted", "[journal]") {
    fixture f;
    rollback_marker marker{f.open(), {}};
    answer const marked;

    REQUIRE(marker.mark({std::string(5000, 'r'), {1}, "v2", 1}, marked.done()));

    CHECK_FALSE(marked.get().empty());
    CHECK(marker.counted().failures == 1);
}

TEST_CASE("a full queue of marks refuses and shows its age", "[journal]") {
    using namespace std::chrono_literals;
    fixture f;
    params chosen;
    chosen.marks_waiting_max = 1;
    std::promise<void> begun;
    std::promise<void> go;
    rollback_marker marker{f.open(), chosen};
    REQUIRE(marker.mark(sample, [&](const std::string&) {
        begun.set_value();
        go.get_future().wait();
    }));
    begun.get_future().wait();

    CHECK_FALSE(marker.mark(sample, {}));
    CHECK_FALSE(marker.clear(sample.rollout, sample.candidate, {}));
    CHECK(marker.counted().failures == 1);
    CHECK(marker.oldest_pending_age(millrace::clock::now() + 5s) >= 5s);
    go.set_value();
}
