"""Start a small made-up course as a hub does: `python serve_hub.py FOLDER HOME PORT`.

FOLDER is the course in the image, HOME the folder of the learner that the hub keeps.
"""

import os
import sys
from pathlib import Path

from served_folder import serve_from

folder, home, port = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
serve_from(folder)
os.environ |= {"HOME": str(home), "JUPYTER_NO_CONFIG": "1"}
os.chdir(home)

from jupyterlab.labapp import LabApp  # noqa: E402 — reads the environment when it is loaded

LabApp.serverapp_config = {
    **LabApp.serverapp_config,
    "jpserver_extensions": {"flyway_course.serve.hub": True, "jupyterlab": True},
}
LabApp.launch_instance(
    [
        "--ServerApp.base_url=/user/someone/",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=known",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",
        "--ServerApp.log_level=ERROR",
    ]
)
