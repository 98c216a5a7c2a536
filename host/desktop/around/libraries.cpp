// SPDX-License-Identifier: GPL-3.0-or-later
// Kept apart from the dialog: each of these headers is large, and no other file of the desktop needs them.
#include <Eigen/src/Core/util/Macros.h>
#include <H5public.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <toml++/impl/version.h>
#include <CLI/Version.hpp>
#include <boost/version.hpp>

#include <QCoreApplication>
#include <nlohmann/json.hpp>

#include "desktop/around/about.hpp"

namespace latent::desktop {
namespace {

/// With a context that lupdate knows.
class Words {
    Q_DECLARE_TR_FUNCTIONS(UsedLibraries)
};
QString dotted(int a, int b, int c) { return QStringLiteral("%1.%2.%3").arg(a).arg(b).arg(c); }

QString hdf5Version() {
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return dotted(static_cast<int>(major), static_cast<int>(minor), static_cast<int>(release));
}

}  // namespace

std::vector<UsedLibrary> usedLibraries() {
    return {
        {QStringLiteral("Qt"), QString::fromLatin1(qVersion()), QStringLiteral("LGPL-3.0-only"),
         Words::tr("the window")},
        {QStringLiteral("QCustomPlot"), QStringLiteral(QCUSTOMPLOT_VERSION_STR),
         QStringLiteral("GPL-3.0-or-later"), Words::tr("figures")},
        {QStringLiteral("HDF5"), hdf5Version(), QStringLiteral("BSD-3-Clause"), Words::tr("arrays on disk")},
        {QStringLiteral("SQLite"), QString::fromLatin1(sqlite3_libversion()), Words::tr("public domain"),
         Words::tr("the index of runs")},
        {QStringLiteral("OpenSSL"), QString::fromLatin1(OpenSSL_version(OPENSSL_VERSION_STRING)),
         QStringLiteral("Apache-2.0"), Words::tr("hashes and seals")},
        {QStringLiteral("Eigen"), dotted(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION),
         QStringLiteral("MPL-2.0"), Words::tr("linear algebra")},
        {QStringLiteral("Boost"),
         dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100),
         QStringLiteral("BSL-1.0"), Words::tr("loading plugins, special functions")},
        {QStringLiteral("JSON for Modern C++"),
         dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH),
         QStringLiteral("MIT"), Words::tr("requests, manifests, events")},
        {QStringLiteral("toml++"), dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH),
         QStringLiteral("MIT"), Words::tr("sweeps")},
        {QStringLiteral("CLI11"), QStringLiteral(CLI11_VERSION), QStringLiteral("BSD-3-Clause"),
         Words::tr("the command line")},
    };
}

}  // namespace latent::desktop
