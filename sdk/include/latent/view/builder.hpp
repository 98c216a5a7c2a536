// SPDX-License-Identifier: Apache-2.0
#pragma once
// What every figure has: a name, words, axes, shared cursors and gestures.
//
// View is the plain value that Outputs keeps; Figure<Self> gives each kind the common chained calls. Authors
// start from the functions in view/kinds.hpp. Any thread.
//
// A gesture on a figure fills parameters of a probe, by the gesture's own closed set of results:
//     pick       x y z value (numbers), index.<dimension> (integer)
//     range      low high (numbers, along x; with .alongY() along y)
//     rectangle  x_low x_high y_low y_high (numbers)
//     lasso      polygon (matrix n by 2), indices (integers: the points inside)
//     brush      mask (matrix, 0 or 1, of the image's shape)
//     connect    from to (integers: two nodes of a graph), edges (matrix m by 2: all of them, with the change)
//
//     view::heatmap("map").z("fraction").across("mu").down("sigma")
//         .gesture(view::pick("sim/solve").bind("x", "mu").bind("y", "sigma").label("Solve here"))
//         .cursor("frame", "time");

#include <latent/view/style.hpp>

namespace latent::view {

/// A figure as stored: kind, name and the rest of its JSON.
class View {
  public:
    View(std::string kind, std::string name) {
        detail::requireName("figure", name);
        m_json["kind"] = std::move(kind);
        m_json["name"] = std::move(name);
    }
    static View fromJson(const nlohmann::json& json) {
        View view(json.at("kind").get<std::string>(), json.at("name").get<std::string>());
        view.m_json = json;
        return view;
    }
    const std::string& name() const { return m_json.at("name").get_ref<const std::string&>(); }
    const nlohmann::json& toJson() const { return m_json; }

  protected:
    nlohmann::json m_json;
};

/// A gesture and where its results go.
class Gesture {
  public:
    Gesture(std::string kind, std::string probe) {
        m_json["gesture"] = std::move(kind);
        m_json["probe"] = std::move(probe);
        m_json["bind"] = nlohmann::json::object();
    }
    Gesture& bind(const std::string& result, std::string parameter) {
        detail::requireName("parameter", parameter);
        m_json["bind"][result] = std::move(parameter);
        return *this;
    }
    Gesture& label(std::string text) {
        m_json["label"] = std::move(text);
        return *this;
    }
    Gesture& alongY() {
        m_json["axis"] = "y";
        return *this;
    }
    const nlohmann::json& toJson() const { return m_json; }

  private:
    nlohmann::json m_json;
};
inline Gesture pick(std::string probe) { return {"pick", std::move(probe)}; }
inline Gesture range(std::string probe) { return {"range", std::move(probe)}; }
inline Gesture rectangle(std::string probe) { return {"rectangle", std::move(probe)}; }
inline Gesture lasso(std::string probe) { return {"lasso", std::move(probe)}; }
inline Gesture brush(std::string probe) { return {"brush", std::move(probe)}; }
inline Gesture connect(std::string probe) { return {"connect", std::move(probe)}; }

template <class Self>
class Figure : public View {
  public:
    using View::View;

    Self& title(std::string text) { return put("title", std::move(text)); }
    /// The sentence under the figure: what to see in it.
    Self& caption(std::string text) { return put("caption", std::move(text)); }
    /// The panel's heading that the figure stands under.
    Self& group(std::string text) { return put("group", std::move(text)); }
    /// Ties a dimension of this figure to a shared cursor: it shows the cursor and moves it. With a scrubber
    /// the figure also carries the slider with play and step.
    Self& cursor(const std::string& name, const std::string& dimension, bool scrubber = false) {
        detail::requireName("cursor", name);
        detail::requireName("dimension", dimension);
        nlohmann::json link = {{"name", name}, {"dimension", dimension}};
        if (scrubber) link["scrubber"] = true;
        return push("cursors", std::move(link));
    }
    Self& gesture(const Gesture& g) { return push("gestures", g.toJson()); }

  protected:
    Self& put(const char* key, nlohmann::json value) {
        m_json[key] = std::move(value);
        return static_cast<Self&>(*this);
    }
    Self& push(const char* key, nlohmann::json value) {
        m_json[key].push_back(std::move(value));
        return static_cast<Self&>(*this);
    }
    Self& putAxis(const char* key, const Axis& axis) {
        nlohmann::json json = axis.toJson();
        return json.empty() ? static_cast<Self&>(*this) : put(key, std::move(json));
    }
};

/// The calls of figures with axes.
template <class Self>
class AxesFigure : public Figure<Self> {
  public:
    using Figure<Self>::Figure;
    Self& xAxis(const Axis& axis) { return this->putAxis("x_axis", axis); }
    Self& yAxis(const Axis& axis) { return this->putAxis("y_axis", axis); }
    /// A thin line across the figure at a value of x or y, from a number or an array selected down to one
    /// value.
    Self& referenceX(double value, std::string label = {}) { return reference("x", value, std::move(label)); }
    Self& referenceY(double value, std::string label = {}) { return reference("y", value, std::move(label)); }
    Self& referenceX(const Selection& s, std::string label = {}) {
        return reference("x", s.toJson(), std::move(label));
    }
    Self& referenceY(const Selection& s, std::string label = {}) {
        return reference("y", s.toJson(), std::move(label));
    }
    /// The line y = x.
    Self& diagonal(std::string label = {}) { return reference("diagonal", nullptr, std::move(label)); }
    /// One unit of x is as long as one of y.
    Self& equalAspect() { return this->put("aspect", "equal"); }

  private:
    Self& reference(const char* axis, nlohmann::json value, std::string label) {
        nlohmann::json line = {{"axis", axis}};
        if (!value.is_null()) line["value"] = std::move(value);
        if (!label.empty()) line["label"] = std::move(label);
        return this->push("references", std::move(line));
    }
};

}  // namespace latent::view
