#include "proxy/journal/mark_slot.hpp"

#include "proxy/base/siphash.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

const rollback_mark sample{"risk", {7}, "risk-v2", 12};

}  // namespace

TEST_CASE("a mark comes back from its slot", "[journal]") {
    for (auto const& mark :
         {sample, rollback_mark{}, rollback_mark{"", {INT64_MAX}, std::string(4044, 'x'), ~0U}}) {
        auto const slot = to_slot(mark, 99);
        REQUIRE(slot);

        auto const reading = read_slot(*slot);

        CHECK(reading.content == slot_content::intact);
        CHECK(reading.mark == mark);
        CHECK(reading.sequence == 99);
    }
}

TEST_CASE("a slot of zeros is free", "[journal]") {
    CHECK(read_slot(mark_slot{}).content == slot_content::free);
}

TEST_CASE("a slot with any wrong bit is torn", "[journal]") {
    auto const slot = to_slot(sample, 1).value();
    for (std::size_t i = 0; i < slot.size(); ++i) {
        auto wrong = slot;
        wrong[i] = static_cast<char>(wrong[i] ^ (1 << (i % 8)));
        if (read_slot(wrong).content != slot_content::torn) {
            FAIL_CHECK("byte " << i);
        }
    }
}

TEST_CASE("a slot of which only some sectors were written is torn", "[journal]") {
    auto const slot = to_slot(sample, 1).value();
    for (std::size_t sector = 0; sector < 8; ++sector) {
        auto wrong = slot;
        std::fill_n(wrong.begin() + static_cast<std::ptrdiff_t>(sector * 512), 512, '\0');
        // Zeros in the midst of zeros change nothing.
        auto const expected = wrong == slot ? slot_content::intact : slot_content::torn;
        CHECK(read_slot(wrong).content == expected);
    }
}

TEST_CASE("a slot of a newer format is known as such", "[journal]") {
    auto slot = to_slot(sample, 1).value();
    slot[8] = 2;
    auto const sum = millrace::siphash_2_4(
        {0x6d696c6c72616365, 0x726f6c6c6261636b}, {slot.data(), slot.size() - 8}
    );
    for (std::size_t i = 0; i < 8; ++i) {
        slot[slot.size() - 8 + i] = static_cast<char>(sum >> (8 * i) & 0xffU);
    }

    CHECK(read_slot(slot).content == slot_content::newer);
}

TEST_CASE("names that do not fit are refused", "[journal]") {
    CHECK_FALSE(to_slot({std::string(4000, 'r'), {1}, std::string(45, 'c'), 1}, 1));
    CHECK_FALSE(to_slot({std::string(5000, 'r'), {1}, "", 1}, 1));
}
