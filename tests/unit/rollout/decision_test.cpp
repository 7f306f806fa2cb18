#include "proxy/rollout/decision.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace millrace::rollout {

TEST_CASE("commands and reasons have names of their own", "[rollout]") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(command::rollback); ++i) {
        names.insert(name_of(static_cast<command>(i)));
    }
    CHECK(names.size() == static_cast<std::size_t>(command::rollback) + 1);
    names.clear();
    for (int i = 0; i <= static_cast<int>(reason::commanded); ++i) {
        names.insert(name_of(static_cast<reason>(i)));
    }
    CHECK(names.size() == static_cast<std::size_t>(reason::commanded) + 1);
    CHECK(names.count("") == 0);
}

}  // namespace millrace::rollout
