#include "proxy/journal/unit_rows.hpp"

#include "proxy/journal/reader.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

using texts = std::vector<std::string>;

struct fixture {
    scratch_directory directory;
    std::unique_ptr<state_store> store = open_store(directory.path);

    void write(std::int64_t rollout, const texts& units, bool ended = false) const {
        batch made;
        made.rollouts = {sample_rollout(rollout, "risk")};
        made.rollouts.front().ended = ended;
        for (auto const& each : units) {
            made.units.push_back({{rollout}, each});
        }
        REQUIRE(store->write(made).empty());
    }

    [[nodiscard]] texts units(std::int64_t rollout) const {
        std::string error;
        auto const opened = reader::open(directory.path, error);
        REQUIRE(opened);
        auto found = opened->units({rollout}, error);
        CHECK(error.empty());
        return found;
    }
};

}  // namespace

TEST_CASE("units are added in order, any bytes", "[journal]") {
    fixture const f;

    f.write(1, {"a", any_bytes});
    f.write(1, {"c"});

    CHECK(f.units(1) == texts{"a", any_bytes, "c"});
    CHECK(f.units(2).empty());
}

TEST_CASE("units of a rollout that ended, or was replaced, are gone", "[journal]") {
    fixture const f;
    f.write(1, {"a"});

    f.write(2, {"b"});
    CHECK(f.units(1).empty());
    CHECK(f.units(2) == texts{"b"});

    f.write(2, {}, true);
    CHECK(f.units(2).empty());
}
