#include "proxy/iter8/import_names.hpp"

#include <catch2/catch.hpp>

using namespace millrace::iter8;

namespace {

metric named(const std::string& space, const std::string& name) {
    metric made;
    made.space = space;
    made.params.name = name;
    return made;
}

}  // namespace

TEST_CASE("a name keeps what may stand in one of ours", "[iter8]") {
    CHECK(plain_name("sample-app_v1.2") == "sample-app_v1.2");
    CHECK(plain_name("iris/v 1") == "iris-v-1");
    CHECK(plain_name("-x") == "_-x");
    CHECK(plain_name("") == "_");
    CHECK(plain_name(std::string(200, 'a')).size() == 128);
}

TEST_CASE("metrics of Iter8's own have counterparts", "[iter8]") {
    CHECK(builtin_of("iter8-system/error-rate")->is_error_rate);
    CHECK(builtin_of("iter8-system/latency-95th-percentile")->latency_percent == 95.0);
    CHECK_FALSE(builtin_of("iter8-system/mean-latency"));
    CHECK_FALSE(builtin_of("iter8-system/latency-100th-percentile"));
    CHECK_FALSE(builtin_of("other/error-rate"));
}

TEST_CASE("a reference finds its document", "[iter8]") {
    std::vector<metric> const all{named("a", "m"), named("b", "m"), named("", "n")};

    CHECK(find_metric(all, "b/m", "a") == &all[1]);
    CHECK(find_metric(all, "m", "b") == &all[1]);
    CHECK(find_metric(all, "m", "c") == &all[0]);
    CHECK(find_metric(all, "a/n", "c") == &all[2]);
    CHECK(find_metric(all, "c/m", "a") == nullptr);
    CHECK(find_metric(all, "x", "a") == nullptr);
}
