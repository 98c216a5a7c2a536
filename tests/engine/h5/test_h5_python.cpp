// SPDX-License-Identifier: Apache-2.0
// h5py, netCDF4 and xarray (both engines) see dimensions, coordinates and units of a file that ends with a
// seal.
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <numeric>

#include "engine/files/operations.hpp"
#include "engine/files/seal.hpp"
#include "engine/files/sha256.hpp"
#include "engine/h5/writer.hpp"

using namespace latent::engine;

class H5Python : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void othersReadOurFiles() {
        const QString python = qEnvironmentVariable("LATENT_TEST_PYTHON");
        if (python.isEmpty()) QSKIP("LATENT_PYTHON names no Python at configuration.");
        QProcess probe;
        probe.start(python, {"-c", "import h5py, netCDF4, xarray, h5netcdf"});
        if (!probe.waitForFinished(60'000) || probe.exitCode() != 0)
            QSKIP("This Python has no h5py, netCDF4, xarray.");

        std::vector<double> values(5 * 3 * 2);
        std::iota(values.begin(), values.end(), 0.0);
        auto writer = h5::Writer::inMemory("run.h5");
        QVERIFY(bool(writer->dataset("time", {DType::F64, {5}, values.data()}, {"time"}, {{"units", "s"}})));
        QVERIFY(bool(writer->dataset("weights", {DType::F64, {5, 3, 2}, values.data()},
                                     {"time", "row", "col"}, {{"units", "1"}, {"long_name", "weights"}})));
        QVERIFY(bool(writer->dataset("metrics/loss/step", {DType::F64, {5}, values.data()}, {"step"}, {})));
        QVERIFY(bool(writer->dataset("metrics/loss/value", {DType::F64, {5}, values.data()}, {"step"}, {})));
        QVERIFY(bool(writer->attribute("/", "latent_request", "{\"seed\": 1}")));
        std::string image = writer->finish()->text();
        image += sealTrailer(SealKey("k"), sha256Hex(image));
        QTemporaryDir dir;
        const std::string path = dir.filePath("run.h5").toStdString();
        QVERIFY(bool(writeNew(path, image)));

        const QString script = R"(
import sys, json, h5py, netCDF4, xarray as xr, numpy as np
p = sys.argv[1]
for engine in ("netcdf4", "h5netcdf"):
    d = xr.open_dataset(p, engine=engine)
    assert d.weights.dims == ("time", "row", "col"), d
    assert list(d.coords) == ["time"] and d.time.attrs["units"] == "s" or d.time.attrs == {} , d
    assert d.sizes == {"time": 5, "row": 3, "col": 2}, d.sizes
    assert d.weights.attrs["long_name"] == "weights", d.weights.attrs
    assert json.loads(d.attrs["latent_request"]) == {"seed": 1}
    assert float(d.weights.sel(time=2.0)[1, 1]) == 15.0
    assert set(d.data_vars) == {"weights"}, d
    m = xr.open_dataset(p, engine=engine, group="metrics/loss")
    assert m.value.dims == ("step",) and len(m.step) == 5
    d.close(); m.close()
with h5py.File(p) as f:
    assert f["weights"].dims[0][0].name == "/time" and f["weights"].dims[1][0].name == "/row"
    assert np.array_equal(f["weights"][4, 2], [28, 29])
n = netCDF4.Dataset(p)
assert n.variables["weights"].dimensions == ("time", "row", "col")
assert n.variables["time"].units == "s"
print("seen")
)";
        QProcess process;
        process.start(python, {"-W", "ignore", "-c", script, QString::fromStdString(path)});
        QVERIFY(process.waitForFinished(100'000));
        const QByteArray errors = process.readAllStandardError();
        QVERIFY2(process.readAllStandardOutput().contains("seen"), errors.constData());
    }
};
QTEST_APPLESS_MAIN(H5Python)
#include "test_h5_python.moc"
