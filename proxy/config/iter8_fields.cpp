#include "proxy/config/iter8_fields.hpp"

#include "proxy/config/choice_shape.hpp"
#include "proxy/config/scalar_shapes.hpp"
#include "proxy/config/wording.hpp"
#include "proxy/iter8/quantity.hpp"

namespace millrace::config {

namespace {

bool is_scalar(const node& value) {
    return value.kind != node::kind::sequence && value.kind != node::kind::mapping;
}

bool check_mapping(reader& in, const node& from) {
    if (from.kind == node::kind::mapping) {
        return true;
    }
    in.fail(from, "expected a mapping, got " + kind_name(from));
    return false;
}

}  // namespace

void for_key(
    reader& in, const node& from, std::string_view key, const std::function<void(const node&)>& with
) {
    if (!check_mapping(in, from)) {
        return;
    }
    auto const* value = from.find(key);
    if (value != nullptr && value->kind != node::kind::null) {
        reader::scope const inside{in, std::string{key}};
        with(*value);
    }
}

void for_items(
    reader& in, const node& from, std::string_view key, const std::function<void(const node&)>& with
) {
    for_key(in, from, key, [&](const node& list) {
        if (list.kind != node::kind::sequence) {
            in.fail(list, "expected a list, got " + kind_name(list));
            return;
        }
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            reader::scope const inside{in, i};
            with(*list.items[i]);
        }
    });
}

void for_members(
    reader& in,
    const node& from,
    std::string_view key,
    const std::function<void(const member&)>& with
) {
    for_key(in, from, key, [&](const node& mapping) {
        if (!check_mapping(in, mapping)) {
            return;
        }
        for (auto const& each : mapping.members) {
            reader::scope const inside{in, each.key};
            with(each);
        }
    });
}

std::string scalar_of(reader& in, const node& from, std::string_view key) {
    std::string text;
    for_key(in, from, key, [&](const node& value) {
        if (is_scalar(value)) {
            text = value.text;
        } else {
            in.fail(value, "expected text, got " + kind_name(value));
        }
    });
    return text;
}

std::string required_scalar_of(reader& in, const node& from, std::string_view key) {
    auto const errors_before = in.error_count();
    auto text = scalar_of(in, from, key);
    if (text.empty() && in.error_count() == errors_before) {
        in.fail(from, "expected the key '" + std::string{key} + "', got none");
    }
    return text;
}

std::optional<std::size_t> choice_of(
    reader& in, const node& from, std::string_view key, const std::vector<std::string>& names
) {
    std::optional<std::size_t> found;
    for_key(in, from, key, [&](const node& value) {
        auto const place = read_name(in, value, names, {});
        if (place < names.size()) {
            found = place;
        }
    });
    return found;
}

std::optional<bool> boolean_of(reader& in, const node& from, std::string_view key) {
    std::optional<bool> found;
    for_key(in, from, key, [&](const node& value) {
        bool read = false;
        boolean()->read(in, value, read);
        found = read;
    });
    return found;
}

std::optional<double> number_of(reader& in, const node& from, std::string_view key) {
    std::optional<double> found;
    for_key(in, from, key, [&](const node& value) {
        found = is_scalar(value) ? iter8::quantity_of(value.text) : std::nullopt;
        if (!found) {
            in.fail(value, "expected a quantity such as 420, \"0.01\" or 10m, got " + shown(value));
        }
    });
    return found;
}

std::optional<std::uint32_t> count_of(reader& in, const node& from, std::string_view key) {
    std::optional<std::uint32_t> found;
    for_key(in, from, key, [&](const node& value) {
        if (auto const read = read_integer(in, value, {1, 100'000'000})) {
            found = static_cast<std::uint32_t>(*read);
        }
    });
    return found;
}

}  // namespace millrace::config
