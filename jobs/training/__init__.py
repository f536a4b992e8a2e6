"""The training office: how it is filled and how its clock is moved. Nothing here works on a real register."""
