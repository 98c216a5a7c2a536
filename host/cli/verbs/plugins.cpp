// SPDX-License-Identifier: Apache-2.0
// plugins: what was found, what became of it, and whom to trust.

#include <iostream>
#include <memory>

#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::PluginEntry;
using engine::Result;

nlohmann::json toJson(const PluginEntry& plugin) {
    nlohmann::json contributions = nlohmann::json::array();
    for (const engine::Contribution& c : plugin.contributions)
        contributions.push_back({{"kind", c.kind}, {"id", c.id}, {"title", c.title}, {"refusal", c.refusal}});
    nlohmann::json panels = nlohmann::json::array();
    for (const engine::DeclaredPanel& panel : plugin.panels)
        panels.push_back({{"id", panel.id}, {"title", panel.title}, {"experiments", panel.experiments}});
    return {{"id", plugin.id},
            {"version", plugin.version},
            {"title", plugin.title},
            {"state", engine::nameOf(plugin.state)},
            {"ours", plugin.ours},
            {"sentence", plugin.sentence},
            {"library", plugin.library.string()},
            {"sha256", plugin.sha256},
            {"contributions", contributions},
            {"panels", panels}};
}

Result<Exit> listPlugins(Context& context) {
    const engine::PluginCatalog& catalog = context.catalog();
    for (const std::string& message : catalog.messages())
        std::cerr << "latent: " << printable(message) << '\n';
    if (context.json) {
        nlohmann::json all = nlohmann::json::array();
        for (const PluginEntry& plugin : catalog.plugins()) all.push_back(toJson(plugin));
        context.print(all);
        return Exit::Done;
    }
    Table table({"plugin", "version", "state", ""});
    for (const PluginEntry& plugin : catalog.plugins()) {
        std::string words = plugin.sentence;
        if (words.empty())
            for (const engine::Contribution& c : plugin.contributions)
                words += (words.empty() ? "" : ", ") + c.id;
        table.row({printable(plugin.id), printable(plugin.version), std::string(engine::nameOf(plugin.state)),
                   printable(words)});
    }
    table.print(std::cout);
    return Exit::Done;
}

using Operation = engine::Status (engine::PluginCatalog::*)(const std::string&);

void addOperation(CLI::App* plugins, Context& context, const char* name, const char* help,
                  Operation operation, const char* done) {
    CLI::App* verb = plugins->add_subcommand(name, help);
    auto id = std::make_shared<std::string>();
    verb->add_option("plugin", *id, "Its id")->required()->type_name("PLUGIN");
    verb->callback([=, &context] {
        const engine::Status status = (context.catalog().*operation)(*id);
        context.finish(status);
        if (!status) return;
        std::cout << done << ' ' << *id << ".\n";
        if (auto entry = context.catalog().find(*id); entry && !(*entry)->sentence.empty())
            std::cout << printable((*entry)->sentence) << '\n';
    });
}

}  // namespace

void addPluginVerbs(CLI::App& app, Context& context) {
    CLI::App* plugins =
        app.add_subcommand("plugins", "List the plugins; trust, release, disable or enable one");
    context.addJson(plugins);
    plugins->require_subcommand(0, 1);
    addOperation(plugins, context, "trust", "Let a plugin's code run, as it is now",
                 &engine::PluginCatalog::trust, "Trusted");
    addOperation(plugins, context, "release", "Take a plugin out of quarantine",
                 &engine::PluginCatalog::release, "Released");
    addOperation(plugins, context, "disable", "Withdraw what a plugin contributes",
                 &engine::PluginCatalog::disable, "Disabled");
    addOperation(plugins, context, "enable", "The opposite of disable", &engine::PluginCatalog::enable,
                 "Enabled");
    plugins->callback([plugins, &context] {
        if (plugins->get_subcommands().empty()) context.finish(listPlugins(context));
    });
}

}  // namespace latent::cli
